"""What one claim costs: in studies of three sizes, for new people and those with a long past.

    make bench NAME=claim_time                             1 k, 100 k and 1 M sheets
    python -m benchmarks.claim_time --sizes 1000,100000    without the largest, which takes a while

Everything happens in a throw-away data folder. Studies have 3 stages x 2 strata, and three places
at each sheet; half of the places are sent, some were given up, some are held (see `claim_data`).
Whoever has 5,000 answers has as many of them in the study as it has room for, the rest elsewhere.

claim: all of it, with the lock of the enrollment and the look for a place that is held already;
every one is really taken, in a transaction of its own, and sent by the person before the next.
statement: the one statement inside. send: a sheet's answers kept, and the next sheet claimed.
cold: the first claim of a new connection after a restart of the database, with its files dropped
from memory where the system can do so (Linux). buffers: pages of 8 kB that the statement looks at,
and, cold, those that were in no buffer. ratio: to the first line of the table.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
SIZES = "1000,100000,1000000"
CLAIMS = 100


def main() -> None:
    """Measure in a throw-away data folder."""
    parser = argparse.ArgumentParser(description="Measure what one claim costs.")
    parser.add_argument("--sizes", default=SIZES, help="sheets of each study")
    parser.add_argument("--claims", type=int, default=CLAIMS, help="for each figure")
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    with TemporaryDirectory(prefix="concord-bench-") as data:
        own = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        own["CONCORD_DATA"] = data
        code = f"from benchmarks.claim_cost import run; run({sizes}, {given.claims})"
        for command in (
            ["migrate", "--verbosity", "0"],
            ["shell", "--no-imports", "--command", code],
        ):
            subprocess.run(  # noqa: S603 - our own commands
                [sys.executable, "manage.py", *command], cwd=ROOT, env=own, check=True
            )


if __name__ == "__main__":
    main()
