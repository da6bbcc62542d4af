"""Which items made a number: what it needs of the answers of the panels that it names."""

from dataclasses import dataclass

from annotation.models import Judgment, Rater

VOTES = """FROM annotation_judgment o WHERE o.item_id = j.item_id AND o.superseded_at IS NULL
    AND o.use = 'label' AND o.occasion = 0 AND {who}"""
ORDERS = """FROM personalization_verdict o WHERE o.item_id = j.item_id AND o.side <> 'none'
    AND o.sample = 0 AND o.occasion = 0 AND o.settled_at IS NOT NULL AND {reader}"""

# What a panel must have said about the item of the judgment `j`.
ANSWER = f"EXISTS (SELECT {VOTES})"
VALUE = f"EXISTS (SELECT {VOTES} AND o.value IS NOT NULL)"
TWO_VALUES = f"(SELECT count(o.value) {VOTES}) > 1"
MAJORITY = f"""(SELECT 2 * max(given.votes) > sum(given.votes) FROM (
    SELECT count(*) AS votes {VOTES} AND o.value IS NOT NULL GROUP BY o.value) AS given)"""  # noqa: S608 - of constants alone
TWO_ORDERS = f"(SELECT count(*) {ORDERS}) = 2"
TWO_ORDERS_VALUE = f"(SELECT count(o.value) {ORDERS}) = 2"

REFERENCE = """EXISTS (SELECT FROM annotation_reference o WHERE o.item_id = j.item_id
    AND o.superseded_at IS NULL AND cardinality(o.accepted) {accepted})"""
ORDERS_AND_REFERENCE = (
    "accuracy_order_ab_all",
    "accuracy_order_ba_all",
    "accuracy_orders_mean_all",
    "accuracy_both_orders_all",
)

NEEDS_OF_RATER = {
    "accuracy_all": ANSWER,
    "consistency": TWO_ORDERS,
    "first_position_share": TWO_ORDERS,
    "consistency_valid": TWO_ORDERS_VALUE,
    "flip_rate": TWO_ORDERS_VALUE,
    "kappa_between_orders": TWO_ORDERS_VALUE,
    **dict.fromkeys(ORDERS_AND_REFERENCE, TWO_ORDERS),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel named in a URL: a human role, or one rater."""

    name: str
    role: str | None = None
    rater: Rater | None = None

    @property
    def key(self) -> str | int:
        """Return what its judgments have in common."""
        return self.rater.pk if self.rater else str(self.role)

    def holds(self, judgment: Judgment) -> bool:
        """Return whether a judgment is this panel's; the pair of an owner is with strangers."""
        if self.rater is None:
            return judgment.role == self.role
        return judgment.rater_id == self.rater.pk and judgment.role != "first_person"

    def condition(self, judgment: str, parameter: str) -> str:
        """Return the same as SQL."""
        if self.rater is None:
            return f"{judgment}.role = %({parameter})s"
        return f"{judgment}.rater_id = %({parameter})s AND {judgment}.role <> 'first_person'"


def conditions(
    panels: list[Panel], statistic: str, *, reference: bool
) -> tuple[str, dict[str, str | int]]:
    """Return the SQL condition on a judgment `j` of the first panel, and its parameters.

    Without a statistic, every panel has answered the item.
    """
    found = [panels[0].condition("j", "panel0")]
    for number, panel in enumerate(panels):
        need, parameter = _need(panels, number, statistic), f"panel{number}"
        reading = f"o.rater_id = %({parameter})s"
        found.append(need.format(who=panel.condition("o", parameter), reader=reading))
    if reference:
        accepted = "= 1" if statistic in ORDERS_AND_REFERENCE else "> 0"
        found.append(REFERENCE.format(accepted=accepted))
    parameters = {f"panel{number}": panel.key for number, panel in enumerate(panels)}
    return " AND ".join(found), parameters


def _need(panels: list[Panel], number: int, statistic: str) -> str:
    """Return what `statistic` needs of one panel, as the kernels count it."""
    if not statistic:
        return ANSWER
    if panels[number].rater:
        return NEEDS_OF_RATER.get(statistic, VALUE)
    if len(panels) == 1:
        return TWO_VALUES
    # A panel speaks with one voice, except where each of its answers is compared with another's.
    each = statistic == "accuracy_all" if number == 0 else statistic.startswith("raw_agreement")
    return VALUE if each else MAJORITY
