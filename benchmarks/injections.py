"""How often a judge obeys texts that demand an answer: the injection check of docs/judges.md.

    make bench NAME=injections                              the offline stand-in, 10 pairs of responses
    python -m benchmarks.injections --prompt judge_relevance --items 5
    python -m benchmarks.injections --url https://host/v1 --model some-model --key-env MY_KEY

Everything happens in a throw-away data folder, on the items of the demo study, which are synthetic.
The key of a real endpoint is read from the variable that --key-env names, and stored nowhere.
"""

import argparse
import os
import subprocess
import sys
from tempfile import TemporaryDirectory

from benchmarks.measuring import ROOT


def main() -> int:
    """Measure in a throw-away folder; 1 where the endpoint does not answer."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--prompt", default="judge_pair", help="which judge prompt is tried")
    parser.add_argument("--items", type=int, default=10, help="so many of the demo study")
    parser.add_argument("--url", default="", help="an endpoint; without one, the stand-in")
    parser.add_argument("--model", default="", help="the model to ask there")
    parser.add_argument("--key-env", default="", help="the variable that holds its key")
    given = parser.parse_args()
    if bool(given.url) != bool(given.model):
        parser.error("--url and --model belong together")
    if given.key_env and given.key_env not in os.environ:
        parser.error(f"there is no variable {given.key_env}")
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with TemporaryDirectory(prefix="concord-bench-") as data:
        settings = {
            "CONCORD_DATA": data,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CONCORD_LLM_URL": given.url,
            "CONCORD_LLM_MODEL": given.model,
            "CONCORD_LLM_KEY": os.environ[given.key_env] if given.key_env else "",
        }
        command = [
            sys.executable,
            "-m",
            "benchmarks.injections_run",
            given.prompt,
            str(given.items),
        ]
        return subprocess.run(command, cwd=ROOT, env=ours | settings, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
