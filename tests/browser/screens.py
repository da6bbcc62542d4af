"""Picture every page: `make screens`, or `python -m tests.browser.screens --page agreement`.

Each option may be given several times. The pages are served from a database of their own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("CONCORD_DATA") or ROOT / "var") / "screens"
CHOICES = {
    "role": ["stranger", "participant", "researcher"],
    "language": ["en", "zh-hans", "ar"],
    "width": ["360", "768", "1280"],
    "theme": ["light", "dark", "contrast"],
}


def main() -> int:
    """Read the options and let pytest, which can serve the pages, run `photographs.py`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", action="append", help="a name of tests/browser/pages.py")
    for name, choices in CHOICES.items():
        parser.add_argument(f"--{name}", action="append", choices=choices)
    asked = vars(parser.parse_args())
    wanted = {name: asked[name] or choices for name, choices in CHOICES.items()}
    with tempfile.TemporaryDirectory(prefix="concord-screens-") as data:
        Path(data).chmod(0o711)  # the embedded database has a user of its own
        environment = {
            **os.environ,
            "CONCORD_DATA": data,
            "CONCORD_BROWSER_REQUIRED": "1",
            "CONCORD_SCREENS": json.dumps(
                {**wanted, "page": asked["page"], "folder": str(FOLDER.resolve())}
            ),
        }
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "pytest", "--capture=no", "-p", "no:cacheprovider"]
        photographs = "tests/browser/photographs.py"
        return subprocess.run([*command, photographs], cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
