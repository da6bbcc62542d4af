"""Verdicts per second of a judge's run, beside what the endpoint allows and the bare client gets.

A stub answers after 200 ms, in a process of its own, over real HTTP. In one go are measured, for
each number of calls at once: the ideal (calls at once / 200 ms), a bare aiohttp loop, the bare
`openai` client, and a whole run: claim, prompt, call, raw answer saved, read, settled. Then two
workers. Worker processes are those of `make run`.

    make bench NAME=judge                  # 20,000 verdicts at 64, 256 and 512 calls at once
    .venv/bin/python -m benchmarks.judge --verdicts 4000 --at-once 256
    .venv/bin/python -m benchmarks.judge --faults    # with faults and five SIGKILLs
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
        command = [sys.executable, "-m", "benchmarks.judge_run", *sys.argv[1:]]
        return subprocess.run(command, cwd=ROOT, env=ours | settings, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
