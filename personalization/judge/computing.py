"""The readings of a baseline or a panel: computed in batches, and kept like those of a judge."""

from functools import lru_cache

from annotation.models import Question
from personalization.judge.baselines import BASELINES, CLOSENESS, Known
from personalization.judge.closeness import Meter
from personalization.judge.leases import Claimed, claim, drop
from personalization.judge.material import Material, load
from personalization.judge.panel_runs import asked_in, compute_panel
from personalization.judge.planning import is_panel, standing
from personalization.judge.scales import scale_of
from personalization.judge.settling import Read, keep
from personalization.models import JudgeRun
from personalization.work import claim_name

BATCH = 500
READS_TEXTS = ("longer", *CLOSENESS)


def compute(run: JudgeRun) -> bool:
    """Make a batch of the readings of a run that are due; return whether there were any."""
    if is_panel(run.rater.configuration):
        return compute_panel(run)
    worker = claim_name()
    configuration = run.rater.configuration
    baseline = str(configuration["baseline"])

    def near(one: Claimed, material: Material | None) -> tuple[float, ...] | None:
        if material is None or baseline not in CLOSENESS:
            return None
        return _meter(questions[one.question], baseline, run.pk, planned).near(material)

    def read(one: Claimed, material: Material | None) -> Read:
        known = Known(
            item=one.item,
            scale=scales[one.question],
            side=one.side,
            worse=questions[one.question].worse,
            lengths=material.lengths if material else None,
            majority=configuration.get("majority"),
            near=near(one, material),
            threshold=configuration.get("threshold"),
        )
        return Read(one.pk, one.item, BASELINES[baseline](known))

    claimed = claim(run, worker, BATCH)
    if not claimed:
        return False
    allowed = standing(run, [one.item for one in claimed])
    drop(run, worker, [one for one in claimed if one.item not in allowed])
    claimed = [one for one in claimed if one.item in allowed]
    questions = asked_in(claimed)
    scales = {pk: scale_of(one) for pk, one in questions.items()}
    planned = JudgeRun.objects.values_list("planned", flat=True).get(pk=run.pk)
    texts = load([one.item for one in claimed]) if baseline in READS_TEXTS else {}
    keep(run, worker, [read(one, texts.get(one.item)) for one in claimed], scales)
    return True


@lru_cache(maxsize=4)
def _meter(question: Question, baseline: str, run: int, planned: int) -> Meter:
    """Return what measures closeness: words are counted once for what a run has planned so far."""
    return Meter(question, baseline)
