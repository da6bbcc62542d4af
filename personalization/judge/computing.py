"""The readings of a baseline: computed in batches, and kept like those of a judge."""

from personalization.judge.baselines import BASELINES, Known
from personalization.judge.leases import Claimed, claim, drop
from personalization.judge.material import Material, load
from personalization.judge.planning import questions_of, standing
from personalization.judge.scales import scale_of
from personalization.judge.settling import Read, keep
from personalization.models import JudgeRun
from personalization.work import claim_name

BATCH = 500
READS_TEXTS = ("longer",)


def compute(run: JudgeRun) -> bool:
    """Make a batch of the readings of a run that are due; return whether there were any."""
    worker = claim_name()
    questions = {one.pk: one for one in questions_of(run)}
    scales = {pk: scale_of(one) for pk, one in questions.items()}
    baseline = str(run.rater.configuration["baseline"])
    majority = run.rater.configuration.get("majority")

    def read(one: Claimed, material: Material | None) -> Read:
        known = Known(
            item=one.item,
            scale=scales[one.question],
            side=one.side,
            worse=questions[one.question].worse,
            lengths=material.lengths if material else None,
            majority=majority,
        )
        return Read(one.pk, one.item, BASELINES[baseline](known))

    claimed = claim(run, worker, BATCH)
    if not claimed:
        return False
    allowed = standing(run, [one.item for one in claimed])
    drop(run, worker, [one for one in claimed if one.item not in allowed])
    claimed = [one for one in claimed if one.item in allowed]
    texts = load([one.item for one in claimed]) if baseline in READS_TEXTS else {}
    keep(run, worker, [read(one, texts.get(one.item)) for one in claimed], scales)
    return True
