"""A worker as `make run` starts it, without the baselines that come by themselves.

They would answer the same items meanwhile, and cost what is not to be measured.
"""

import sys

import django

django.setup()

# Only now that Django is set up.
from config import worker  # noqa: E402
from personalization.judge import upkeep  # noqa: E402


def main(queue: str, jobs: str) -> None:
    """Work on a queue until told to stop."""
    upkeep.ALWAYS = ()  # type: ignore[assignment]
    worker.main(queue, jobs)


if __name__ == "__main__":
    main(*sys.argv[1:])
