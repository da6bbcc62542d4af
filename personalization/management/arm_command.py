"""What the commands `extract`, `revise` and `generate` have in common: make an arm, and run it."""

from abc import abstractmethod
from argparse import ArgumentParser
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from annotation.models import Study
from personalization.arms.configuration import Manner
from personalization.arms.making import MANNERS, UnfitError, asked_of, make
from personalization.judge.budgets import BudgetError
from personalization.management import arm_options
from personalization.management.judge_options import budget, deadline, positive, versions
from personalization.management.named import study_named
from personalization.management.told import told
from personalization.management.watching import add_waiting, follow
from personalization.models import Arm, ArmRun
from personalization.models.arm import ArmStep
from personalization.pipeline.estimate import estimate
from personalization.pipeline.progress import progress
from personalization.pipeline.running import carry_on
from personalization.pipeline.runs import start
from personalization.prompt_versions import StaleError
from personalization.runs.estimates import Estimate

OVER = {
    ArmStep.EXTRACTION: "conversations",
    ArmStep.REVISION: "attributes",
    ArmStep.GENERATION: "responses",
}


class ArmCommand(BaseCommand):
    """Let an arm do its step for a study, and wait for it with a progress bar.

    The same options are the same arm, and what it has done is not asked again. With --dry-run
    nothing is asked: some of the real requests are made, and priced for all.
    """

    step: ClassVar[str]

    @abstractmethod
    def add_manner(self, parser: ArgumentParser) -> None:
        """Name the options that say how the step is done."""

    @abstractmethod
    def manner(self, said: dict[str, Any]) -> Manner:
        """Return how the step is done."""

    def base(self, study: Study, said: dict[str, Any]) -> Arm | None:
        """Return the arm that this one begins with."""
        return None

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the study, the arm, and the limits of the run."""
        parser.add_argument("--study", required=True)
        parser.add_argument("--arm", help="an arm that is there, by its name, as it is")
        parser.add_argument("--endpoint", help="without it, the study's own for this step")
        parser.add_argument("--model", help="without it, the usual one")
        parser.add_argument("--name", default="", help="what a new arm is called")
        parser.add_argument("--temperature", type=float)
        parser.add_argument("--max-tokens", type=int, help="of an answer; makes budgets exact")
        parser.add_argument("--seed", type=int)
        parser.add_argument(
            "--prompt", action="append", default=[], metavar="extraction=101",
            help="a version other than the newest shipped one; may be given again",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="only say what it would cost")
        parser.add_argument("--budget", metavar="5.00", help="in the currency of the model's price")
        parser.add_argument("--deadline", metavar="2026-01-31T18:00", help="ask nothing after that")
        parser.add_argument(
            "--most", type=int, metavar="N", help=f"no more than N {OVER[ArmStep(self.step)]}"
        )
        add_waiting(parser)
        self.add_manner(parser)

    def handle(self, **said: Any) -> None:  # noqa: ANN401 - as Django calls it
        """Start the run and wait for it, or print its estimate."""
        found = study_named(said["study"])
        spent, end = budget(said["budget"]), deadline(said["deadline"])
        most = positive("--most", said["most"])
        try:
            if said["dry_run"]:
                self.stdout.write("\n".join(self._told(self._estimate(found, said, most), spent)))
                return
            arm = self._arm(found, said)
            run = start(arm, most_items=most, budget_micros=spent, deadline=end)
        except (UnfitError, BudgetError, StaleError, LookupError) as error:
            raise CommandError(str(error)) from error
        address = f"{said['site'].rstrip('/')}{reverse('arm_run', args=[found.name, run.pk])}"
        if said["no_wait"]:
            self.stdout.write(address)
            return
        follow(run, carry_on, self.stdout, here=said["here"], address=address)
        self._say_what_failed(run, address)

    def _arm(self, study: Study, said: dict[str, Any]) -> Arm:
        """Return the arm that is named, or that the options make."""
        if said["arm"]:
            return arm_options.named_arm(study, self.step, said["arm"])
        return make(
            study,
            self.step,
            *arm_options.asked(study, self.step, said),
            self.manner(said),
            prompts=versions(said["prompt"]),
            base=self.base(study, said),
            name=said["name"],
        )

    def _estimate(self, study: Study, said: dict[str, Any], most: int | None) -> Estimate:
        if not said["arm"]:
            endpoint, model, sampling = arm_options.asked(study, self.step, said)
            return estimate(
                study,
                self.step,
                endpoint,
                model,
                sampling,
                self.manner(said),
                prompts=versions(said["prompt"]),
                base=self.base(study, said),
                most_items=most,
            )
        arm = arm_options.named_arm(study, self.step, said["arm"])
        endpoint, sampling = asked_of(arm)
        named = arm.configuration.get("prompts", {})
        return estimate(
            study,
            self.step,
            endpoint,
            arm.model,
            sampling,
            MANNERS[self.step].read(arm.configuration),
            prompts={name: one["version"] for name, one in named.items()},
            base=arm.base,
            most_items=most,
        )

    def _told(self, found: Estimate, spent: int | None) -> list[str]:
        return told(found, spent, over=OVER[ArmStep(self.step)])

    def _say_what_failed(self, run: ArmRun, address: str) -> None:
        for kind in progress(run):
            if kind.failed:
                why = f", for example: {kind.reasons[0].text}" if kind.reasons else ""
                self.stdout.write(f"{kind.name}: {kind.failed} failed{why}")
        self.stdout.write(address)
