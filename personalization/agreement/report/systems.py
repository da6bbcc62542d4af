"""The systems that wrote the candidates, ranked by people and by each judge."""

import numpy as np

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.frames import Frame, identity_known
from personalization.agreement.judges.votes import credit_of_value, votes_for_first
from personalization.agreement.report.judges import judge_name
from personalization.agreement.report.preferences import CANDIDATES, Ballot, ballot_of, judge_sides
from personalization.agreement.report.records import Collection, shown
from personalization.agreement.scales.systems import Duels, system_correlations

# Two systems correlate at -1 or 1 whatever people think.
FEWEST_SYSTEMS = 3


def add_systems(out: Collection, frame: Frame) -> None:
    """Add how each judge's ranking of the systems correlates with each panel's.

    Of questions on pairs, as the strengths (estimation.py) read them: two orders of a judge that
    differ are left out. A frame does not say who wrote what is rated by itself.
    """
    ballot = ballot_of(frame)
    if frame.sides is None or ballot is None:
        return
    judges = [
        (judge_name(frame, one), credit_of_value(judge_sides(ballot, one), CANDIDATES))
        for one in frame.judges
    ]
    for role, labels in frame.panels.items():
        human, ratings = _credit(ballot, labels.histogram), labels.histogram.sum(axis=1)
        n_raters = len(labels.rater_ids) if identity_known(frame, role) else None
        for name, credit in judges:
            duels = Duels(
                frame.sides.system_a, frame.sides.system_b, human, credit, ratings, frame.owner
            )
            found = system_correlations(duels, n_raters, seed=out.seed_of(name, role))
            for statistic, estimate in {
                "system_pearson": found.pearson,
                "system_spearman": found.spearman,
                "system_kendall_tau_b": found.kendall_tau_b,
            }.items():
                out.add(name, role, statistic, shown(estimate, FEWEST_SYSTEMS))


def _credit(ballot: Ballot, hist: IntArray) -> FloatArray:
    """Return what people give the first candidate of each pair, (N,), nan where nobody answered."""
    m = hist.sum(axis=1)
    votes = votes_for_first(ballot.histogram(hist), CANDIDATES)
    return np.where(m > 0, votes / np.maximum(m, 1), np.nan)
