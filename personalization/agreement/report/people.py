"""People among themselves: a panel's coefficients, and its raters pair by pair."""

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.coefficients.brennan_prediger import brennan_prediger
from personalization.agreement.coefficients.cohen import cells_by_owner, cohen_kappa, confusion
from personalization.agreement.coefficients.fleiss import fleiss_kappa, fleiss_kappa_pooled
from personalization.agreement.coefficients.gwet import gwet_ac1, gwet_ac2
from personalization.agreement.coefficients.krippendorff import alpha
from personalization.agreement.coefficients.pair_mean import mean_pair_kappa
from personalization.agreement.coefficients.rater_pairs import RaterPairs, pair_tables
from personalization.agreement.coefficients.raw import raw_agreement, raw_agreement_micro
from personalization.agreement.coefficients.weights import Weights
from personalization.agreement.estimate import Estimate, Level, Reason, Sample
from personalization.agreement.frames import Frame, Labels, identity_known
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.sums import share
from personalization.agreement.judges.accuracy import INVALID, NO_LABEL, NOT_ASKED, majority
from personalization.agreement.minimums import current
from personalization.agreement.patterns import Patterns, collapse
from personalization.agreement.report.by_rater import add_panel_by_rater
from personalization.agreement.report.pair_means import add_pair_means
from personalization.agreement.report.records import Collection, nothing, shown

KAPPAS = {
    Level.NOMINAL: {"cohen_kappa": Weights.PLAIN},
    Level.ORDINAL: {
        "cohen_kappa": Weights.PLAIN,
        "cohen_kappa_linear": Weights.LINEAR,
        "cohen_kappa_quadratic": Weights.QUADRATIC,
    },
}
KAPPAS[Level.INTERVAL] = KAPPAS[Level.ORDINAL]
# Beyond so many pairs the means stand for them, and so many that share most items are listed:
# nobody reads a million lines, and each costs the intervals of its own items.
MOST_PAIRS = 300
LISTED_PAIRS = 50


def rater_name(frame: Frame, pk: int) -> str:
    """Return the name of a person's (or position's) single-rater panel."""
    return f"rater:{frame.raters[pk].name}"


def panel_numbers(
    patterns: Patterns, level: Level, scores: FloatArray | None, *, seed: str
) -> dict[str, Estimate]:
    """Return what a panel's pattern counts alone say of it, by statistic."""
    numbers = {
        "raw_agreement": raw_agreement(patterns, seed=seed),
        "raw_agreement_micro": raw_agreement_micro(patterns, seed=seed),
        "krippendorff_alpha": alpha(patterns, level, scores, seed=seed),
        "fleiss_kappa": fleiss_kappa(patterns, seed=seed),
        "fleiss_kappa_pooled": fleiss_kappa_pooled(patterns, seed=seed),
        "gwet_ac1": gwet_ac1(patterns, seed=seed),
        "brennan_prediger": brennan_prediger(patterns, seed=seed),
    }
    if level != Level.NOMINAL:
        numbers["gwet_ac2_linear"] = gwet_ac2(patterns, Weights.LINEAR, seed=seed)
        numbers["gwet_ac2_quadratic"] = gwet_ac2(patterns, Weights.QUADRATIC, seed=seed)
    return numbers


def add_panel(out: Collection, frame: Frame, role: str) -> None:
    """Add what one human panel says about itself."""
    labels = frame.panels[role]
    known = identity_known(frame, role)
    n_raters = len(labels.rater_ids) if known else None
    patterns = collapse(labels.histogram, frame.owner, n_raters)
    level = Level(frame.question.level)
    for statistic, estimate in panel_numbers(
        patterns, level, frame.scores, seed=out.seed_of(role)
    ).items():
        out.add(role, None, statistic, shown(estimate))
    if known:
        add_panel_by_rater(out, frame, role)
        _add_pairs(out, frame, role, labels)
    else:
        out.add(
            role,
            None,
            "cohen_kappa",
            nothing(Reason.NO_RATER_IDENTITY, patterns.sample.n_items, patterns.sample.n_ratings),
        )


def _add_pairs(out: Collection, frame: Frame, role: str, labels: Labels) -> None:
    if len(labels.rater_ids) < 2:
        return
    pairs = pair_tables(labels.item, labels.rater, labels.value, frame.n_values)
    enough = pairs.sharing(current().pair_items)
    for statistic, weights in KAPPAS[Level(frame.question.level)].items():
        means = {
            f"{statistic}_pair_mean": mean_pair_kappa(enough, weights),
            f"{statistic}_pair_mean_by_overlap": mean_pair_kappa(enough, weights, by_overlap=True),
        }
        for name, mean in means.items():
            out.add(role, None, name, mean.kappa)
    add_pair_means(out, frame, role, enough)
    rows = np.argsort(labels.rater, kind="stable")
    ends = np.searchsorted(labels.rater[rows], np.arange(len(labels.rater_ids) + 1))

    def values(rater: int) -> IntArray:
        """Return one rater's value per item, NOT_ASKED elsewhere."""
        mine, given = rows[ends[rater] : ends[rater + 1]], np.full(frame.n_items, NOT_ASKED)
        given[labels.item[mine]] = labels.value[mine]
        return given

    for low, high in _listed(pairs, enough):
        one, other = (rater_name(frame, int(labels.rater_ids[code])) for code in (low, high))
        add_pair(out, frame, one, other, values(low), values(high))


def _listed(pairs: RaterPairs, enough: RaterPairs) -> list[tuple[int, int]]:
    """Return all pairs where they are few, else the ones that share most items."""
    few = len(pairs.low) <= MOST_PAIRS
    chosen, most = (pairs, MOST_PAIRS) if few else (enough, LISTED_PAIRS)
    first = np.argsort(-chosen.shared, kind="stable")[:most]
    return [(int(chosen.low[k]), int(chosen.high[k])) for k in np.sort(first)]


def add_pair(
    out: Collection, frame: Frame, panel: str, against: str, a: IntArray, b: IntArray
) -> None:
    """Add raw agreement and Cohen's kappa of two raters, given their value per item (< 0: none)."""
    seed, both = out.seed_of(panel, against), np.flatnonzero((a >= 0) & (b >= 0))
    a, b, n = a[both], b[both], len(both)
    owner = None if frame.owner is None else frame.owner[both]
    out.add(
        panel,
        against,
        "raw_agreement",
        shown(
            share(
                a == b,
                np.ones(n, np.int64),
                owner,
                Sample(n, 2 * n, 2),
                Reason.NO_OVERLAP,
                seed=seed,
                draws=DRAWS,
            ),
            current().pair_items,
        ),
    )
    table = confusion(a, b, frame.n_values)
    owners = None if owner is None else cells_by_owner(a, b, owner, frame.n_values)
    for statistic, weights in KAPPAS[Level(frame.question.level)].items():
        kappa = cohen_kappa(table, weights, owners, seed=seed)
        out.add(panel, against, statistic, shown(kappa, current().pair_items))


def single_values(frame: Frame, role: str) -> IntArray:
    """Return the strict majority of a panel per item; INVALID where rated without a majority."""
    hist = frame.panels[role].majorities
    values = majority(hist)
    values = np.where(values == NO_LABEL, INVALID, values)
    return np.where(hist.sum(axis=1) == 0, NOT_ASKED, values)
