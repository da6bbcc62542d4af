"""Exact overlap under fire: servers are killed while people claim, send, skip, leave and come late.

    make bench NAME=claims                              10,000 sheets by 4 processes
    python -m benchmarks.claims --cycles 1000 --seed 7  a smaller storm, another one
    python -m benchmarks.claims --web                   2,000 through real web servers and pages

Clients believe only what was answered, and ask again where nothing was. At the end every answer
that was believed must be there, no sheet may have more labels than places, nobody may be there
twice, and every counter must be what is counted. The exit status is 1 if anything is not so.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import django

from benchmarks.measuring import ROOT
from config.embedded import server

CYCLES, WEB_CYCLES, PROCESSES = 10_000, 2_000, 4


def main() -> int:
    """Make a throw-away database, and a storm in it; return the exit status."""
    parser = argparse.ArgumentParser(description="Claim and send sheets while servers are killed.")
    parser.add_argument("--cycles", type=float, help="sheets that are sent under fire")
    parser.add_argument("--processes", type=int, default=PROCESSES, help="servers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--web", action="store_true", help="real web servers, and their pages")
    given = parser.parse_args()
    cycles = int(given.cycles or (WEB_CYCLES if given.web else CYCLES))
    with TemporaryDirectory(prefix="concord-bench-") as data:
        os.environ["CONCORD_DATA"] = data
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        os.environ.pop("DATABASE_URL", None)
        django.setup()
        server.start()
        try:
            # The others use it as they would use any server: many of them will not end properly.
            socket = quote(server.socket_folder(), safe="")
            os.environ["DATABASE_URL"] = f"postgresql://postgres@{socket}/postgres"
            manage("migrate", "--verbosity", "0")
            if given.web:
                manage("collectstatic", "--no-input", "--verbosity", "0")
            asked = (cycles, given.processes, given.seed, str(server.folder() / "log"), given.web)
            code = f"from benchmarks.claims_fire import main; main{asked}"
            return manage("shell", "--no-imports", "--command", code, must=False)
        finally:
            server.stop()


def manage(*arguments: str, must: bool = True) -> int:
    """Run a command of ours to its end, and return its exit status."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=Path(ROOT), check=must).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
