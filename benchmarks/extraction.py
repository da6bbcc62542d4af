"""A run of an extractor over 1,000 conversations, with faults, its worker killed twice.

A stub answers after about five seconds, as a large model needs for ten attributes, in a process of its own, over real HTTP; a tenth of the
requests meet a fault. The worker is that of `make run`; it is killed with SIGKILL a third and two
thirds on the way, and started again as a supervisor would. Nobody tells it of the run: it finds it.
Printed is what must be nothing (rows that are not settled once, saved calls asked for again), and
the time beside the ideal: the time of all calls together, by the stub's clock, over the places.

    make bench NAME=extraction
    .venv/bin/python -m benchmarks.extraction --conversations 200 --delay 1 --places 16 --kills 1
"""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory

from benchmarks.measuring import ROOT


def main() -> int:
    """Measure in a throw-away folder; the exit status is that of the run."""
    with TemporaryDirectory(prefix="concord-bench-") as data:
        settings = {
            "CONCORD_DATA": data,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CONCORD_ENDPOINT_HOSTS": "127.0.0.1",
        }
        ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        command = [sys.executable, "-m", "benchmarks.extraction_run", *sys.argv[1:]]
        return subprocess.run(command, cwd=ROOT, env=ours | settings, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
