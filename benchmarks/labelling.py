"""Labels per second over HTTP: whole pages, with sessions, CSRF, permissions and history.

    make bench NAME=labelling                          16 clients, then 200
    python -m benchmarks.labelling --clients 16        only this many (or several numbers)
    python -m benchmarks.labelling --processes 1       as `make run` starts the server
    python -m benchmarks.labelling --history 500       every other client has answered 500 before
    python -m benchmarks.labelling --pause 5           people who think for about 5 s each time
    python -m benchmarks.labelling --profile           where the time of one label goes
    python -m benchmarks.labelling --server "{python} -m uvicorn config.asgi:application \\
        --port {port} --workers {processes} --log-level warning"        as `make run`

Everything happens in a throw-away data folder. Clients send as soon as they can unless they pause,
and share the cores with the server and the database. A label is a sheet that was sent and confirmed;
`submit` lasts until the answer to that, `next` until the following sheet is there as a whole.
Afterwards the database is looked through: what was confirmed must be there, once, within the quota.
"""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory

from benchmarks.measuring import ROOT


def main() -> int:
    """Measure in a throw-away folder; the exit status says whether an answer was lost or double."""
    with TemporaryDirectory(prefix="concord-bench-") as data:
        settings = {"CONCORD_DATA": data, "DJANGO_SETTINGS_MODULE": "config.settings"}
        ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        command = [sys.executable, "-m", "benchmarks.labelling_run", *sys.argv[1:]]
        return subprocess.run(command, cwd=ROOT, env=ours | settings, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
