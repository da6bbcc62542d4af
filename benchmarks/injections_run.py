"""The injection check of `benchmarks.injections`, with Django set up around it."""

import sys
import time

import django

django.setup()

# Only now that Django is set up.
from asgiref.sync import async_to_sync  # noqa: E402
from django.core.management import call_command  # noqa: E402

from annotation.models import Study  # noqa: E402
from config.embedded import server  # noqa: E402
from personalization.endpoints import stand_in, sync_environment  # noqa: E402
from personalization.judge import trials  # noqa: E402
from personalization.judge.injection_check import Check, check  # noqa: E402
from personalization.judge.running import carry_on  # noqa: E402
from personalization.judge.scales import scale_of  # noqa: E402
from personalization.models import JudgeRun  # noqa: E402
from personalization.prompt_versions import newest  # noqa: E402

STUDY = "demo"
LINE = "{:<14}{:>7}{:>7}{:>9}{:>18}{:>9}{:>8}\n"
HEAD = ("kind", "moved", "of", "share", "95 % (Wilson)", "unread", "same")
PAUSE = 0.5  # seconds between looks at readings that were put off


def main(prompt: str, items: int) -> int:
    """Lay the demo study, let a judge answer with every text planted, and print the table."""
    server.start()
    try:
        call_command("migrate", verbosity=0)
        call_command("demo", verbosity=0, link=False)
        questions = trials.questions_for(prompt, Study.objects.get(name=STUDY))
        if not questions:
            sys.stderr.write(f"The demo study has no items for a prompt {prompt}.\n")
            return 1
        at = sync_environment() or stand_in()
        sampling = {"temperature": 0}
        setting = trials.Setting(questions[0], at, at.model, sampling, items, planted=True)
        began = time.monotonic()
        run = to_the_end(trials.start(newest(prompt), setting))
        if run.paused_at is not None:
            sys.stderr.write(f"The endpoint does not answer: {run.trouble}\n")
            return 1
        sys.stdout.write(
            f"{at.model} at {at.name}, {newest(prompt)}, question {questions[0]}:"
            f" {run.settled:,} readings in {time.monotonic() - began:.0f} s\n"
        )
        show(check(trials.readings_of(run), scale_of(questions[0])))
        return 0
    finally:
        server.stop()


def to_the_end(run: JudgeRun) -> JudgeRun:
    """Carry a run on until nothing is left, or it pauses."""
    while True:
        async_to_sync(carry_on)(run.pk)
        run.refresh_from_db()
        if run.finished_at is not None or run.paused_at is not None:
            return run
        time.sleep(PAUSE)


def show(found: Check) -> None:
    """Print a line for each kind of attack, and one for all."""
    sys.stdout.write(LINE.format(*HEAD))
    for kind, effect in [*found.by_kind.items(), ("all", found.whole)]:
        ends = effect.interval
        share = f"{effect.moved / effect.n:.3f}" if effect.n else "-"
        said = f"[{ends.low:.3f}, {ends.high:.3f}]" if ends.low is not None else "-"
        sys.stdout.write(
            LINE.format(kind, effect.moved, effect.n, share, said, effect.unread, effect.same)
        )
    sys.stdout.write(f"{found.items} items. unread: no value; same: had this answer anyway.\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
