"""What an extractor costs for a conversation: calls, tokens and money, from the saved calls."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from personalization.models import Arm, Extraction, Merging, ModelCall, Pointing
from personalization.models.arm_work import ArmWork
from personalization.work import step_of


@dataclass(frozen=True, slots=True)
class Cost:
    """What was spent on so many conversations that were read, whatever came of them.

    `micros` is None where a call has no price; the figures of one conversation are None without any.
    """

    conversations: int
    calls: int
    prompt_tokens: int
    completion_tokens: int
    micros: int | None
    currency: str

    @property
    def calls_each(self) -> float | None:
        """Return the calls for one conversation, with those for evidence."""
        return self._each(self.calls)

    @property
    def tokens_each(self) -> float | None:
        """Return the tokens read and written for one conversation."""
        return self._each(self.prompt_tokens + self.completion_tokens)

    @property
    def micros_each(self) -> float | None:
        """Return millionths of the currency for one conversation."""
        return None if self.micros is None else self._each(self.micros)

    def _each(self, total: int) -> float | None:
        return total / self.conversations if self.conversations else None


def per_conversation(arm: Arm) -> Cost:
    """Return what an arm has cost so far, retries and failures included, without trials.

    Vectors are shared by all arms that need them, and are counted nowhere here.
    """
    of_work = Q(pk=None)
    for kind in (Extraction, Merging, Pointing):
        of_work |= Q(step=step_of(kind), work_id__in=_rows(kind, arm).values("pk"))
    # An answer that was there already costs nothing.
    calls = ModelCall.objects.filter(of_work, reused=None)
    sums = calls.aggregate(
        calls=Count("pk"),
        priced=Count("cost_micros"),
        read=Sum("prompt_tokens", default=0),
        written=Sum("completion_tokens", default=0),
        micros=Sum("cost_micros", default=0),
        answered=Count("pk", filter=Q(answer__isnull=False)),
    )
    settled = Extraction.objects.filter(arm=arm, trial=False, settled_at__isnull=False)
    currencies = arm.runs.exclude(currency="").values_list("currency", flat=True).distinct()
    return Cost(
        conversations=settled.count(),
        calls=sums["calls"],
        prompt_tokens=sums["read"],
        completion_tokens=sums["written"],
        micros=sums["micros"] if sums["priced"] >= sums["answered"] > 0 else None,
        currency=", ".join(sorted(currencies)),
    )


def _rows(kind: type[ArmWork], arm: Arm) -> "QuerySet[ArmWork]":
    return kind._default_manager.filter(arm=arm, trial=False)
