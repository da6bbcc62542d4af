"""The steps of the statistics, each beside a library that computes the same of the same data.

    python -m benchmarks.kernels FILE STEP ours|library|yardstick

measures one of them on the labels in FILE, in this process alone.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from benchmarks import ours, theirs
from benchmarks.made_up import VALUES, Made
from benchmarks.measuring import answer, measure

Step: TypeAlias = Callable[[Made], Callable[[], object]]
"""Prepares what is not measured, and returns what is"""


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of the table.

    section_10: milliseconds of the prototype at 1 M ratings, and at 5 M where given. library: its
    name and step; library_items: the most items it can do, where that is not all of them.
    """

    name: str
    ours: Step
    section_10: str = ""
    section_10_at_5m: str = ""
    library: tuple[str, Step] | None = None
    library_items: int | None = None


def yardstick(made: Made) -> Callable[[], object]:
    """The one pass over the ratings that nothing can do without: numpy counts them."""
    size = made.n_items * VALUES
    return lambda: np.bincount(made.item * VALUES + made.value, minlength=size)


STEPS = [
    Compared("histogram", ours.histogram, "2-3", library=("numpy bincount", yardstick)),
    Compared(
        "alpha, nominal", ours.alpha_nominal, "10-14", library=("krippendorff", theirs.alpha_nominal)
    ),
    Compared(
        "alpha, ordinal", ours.alpha_ordinal, "10-14", library=("krippendorff", theirs.alpha_ordinal)
    ),
    Compared(
        "alpha, interval", ours.alpha_interval, "10-14", library=("krippendorff", theirs.alpha_interval)
    ),
    Compared(
        "agreement, Fleiss, AC1 and BP", ours.chance_corrected, "9-60",
        library=("statsmodels (Fleiss)", theirs.fleiss),
    ),
    Compared("AC2, quadratic", ours.ac2, "8-15"),
    Compared(
        "histogram, alpha, Fleiss and AC1", ours.headline, "", "130",
        library=("krippendorff, statsmodels", theirs.headline),
    ),
    Compared(
        "alpha without value domain, 5 values", ours.long_5, "10-60",
        library=("krippendorff", theirs.alpha_ordinal),
    ),
    Compared(
        "alpha without value domain, all distinct", ours.long_distinct, "10-60",
        library=("krippendorff", theirs.alpha_distinct), library_items=100,
    ),
    Compared(
        "alpha without value domain, 101 values", ours.long_101, "11-27",
        library=("krippendorff", theirs.alpha_101), library_items=5000,
    ),
    Compared(
        "alpha, 101 values, dense histogram", ours.dense_101, "440-520",
        library=("krippendorff", theirs.alpha_101), library_items=5000,
    ),
    Compared(
        "2,000 kappas rater against judge", ours.kappas_with_judge, "5-13",
        library=("scikit-learn", theirs.kappas_with_judge),
    ),
    Compared(
        "kappas of all rater pairs", ours.kappas_of_pairs, "420-450",
        library=("scikit-learn", theirs.kappas_of_pairs), library_items=100,
    ),
    Compared("leave one out, plurality", ours.ceiling_plurality, "60"),
    Compared("leave one out, share", ours.ceiling_share, "13"),
    Compared("alternative annotator test, nominal", ours.alternative_nominal, "440-490"),
    Compared("alternative annotator test, ordinal", ours.alternative_ordinal, "36-38"),
    Compared("item bootstrap of alpha, B 1,000", ours.item_bootstrap, "20-38"),
    Compared("owner bootstrap of alpha, B 1,000", ours.owner_bootstrap),
    Compared("annotator bootstrap, B 1,000", ours.annotator_bootstrap, "90"),
    Compared("two-way bootstrap, B 200", ours.two_way_bootstrap, "1,600"),
    Compared(
        "alpha and AC1 in 50 segments", ours.segments, "50-75", "300",
        library=("krippendorff (alpha)", theirs.segments),
    ),
    Compared("Dawid-Skene", ours.dawid_skene, "1,100 (20 rounds)"),
    Compared(
        "Bradley-Terry, 50 systems", ours.bradley_terry, "2", library=("choix", theirs.bradley_terry)
    ),
    Compared(
        "tau-b of all ratings, 5 x 5", ours.tau_b_5, "28", library=("scipy", theirs.tau_b_5)
    ),
    Compared("tau-b of items, 101 x means", ours.tau_b_101, "24", library=("scipy", theirs.tau_b_101)),
    Compared("Pearson of items", ours.pearson, library=("scipy", theirs.pearson)),
    Compared("Spearman of items", ours.spearman, library=("scipy", theirs.spearman)),
    Compared(
        "Jensen-Shannon of items", ours.jensen_shannon, library=("scipy", theirs.jensen_shannon)
    ),
]  # fmt: skip


def main() -> None:
    """Measure one step of one side and tell the parent."""
    file, number, side = sys.argv[1:]
    made, compared = Made.load(Path(file)), STEPS[int(number)]
    steps = {"ours": compared.ours, "yardstick": yardstick}
    if compared.library is not None:
        steps["library"] = compared.library[1]
    answer(measure(steps[side](made)))


if __name__ == "__main__":
    main()
