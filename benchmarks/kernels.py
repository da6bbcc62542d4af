"""The lines of the table: our step, what section 10 says of it, and the library beside it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compared:
    """One line.

    ours: a function of `ours`. section_10: milliseconds of the prototype at 1 M ratings, and at 5 M
    where given. library: its name; theirs: a function of `theirs`; library_items: the most items
    it can do, where that is not all of them.
    """

    name: str
    ours: str
    section_10: str = ""
    section_10_at_5m: str = ""
    library: str = ""
    theirs: str = ""
    library_items: int | None = None


STEPS = [
    Compared("histogram", "histogram", "2-3", library="numpy bincount", theirs="bincount"),
    Compared(
        "alpha, nominal", "alpha_nominal", "10-14", library="krippendorff", theirs="alpha_nominal"
    ),
    Compared(
        "alpha, ordinal", "alpha_ordinal", "10-14", library="krippendorff", theirs="alpha_ordinal"
    ),
    Compared(
        "alpha, interval", "alpha_interval", "10-14", library="krippendorff", theirs="alpha_interval"
    ),
    Compared(
        "agreement, Fleiss, AC1 and BP", "chance_corrected", "9-60",
        library="statsmodels (Fleiss)", theirs="fleiss",
    ),
    Compared("AC2, quadratic", "ac2", "8-15"),
    Compared(
        "histogram, alpha, Fleiss and AC1", "headline", "", "130",
        library="krippendorff, statsmodels", theirs="headline",
    ),
    Compared(
        "alpha without value domain, 5 values", "long_5", "10-60",
        library="krippendorff", theirs="alpha_ordinal",
    ),
    Compared(
        "alpha without value domain, all distinct", "long_distinct", "10-60",
        library="krippendorff", theirs="alpha_distinct", library_items=100,
    ),
    Compared(
        "alpha without value domain, 101 values", "long_101", "11-27",
        library="krippendorff", theirs="alpha_101", library_items=5000,
    ),
    Compared(
        "alpha, 101 values, dense histogram", "dense_101", "440-520",
        library="krippendorff", theirs="alpha_101", library_items=5000,
    ),
    Compared(
        "2,000 kappas rater against judge", "kappas_with_judge", "5-13",
        library="scikit-learn", theirs="kappas_with_judge",
    ),
    Compared(
        "kappas of all rater pairs", "kappas_of_pairs", "420-450",
        library="scikit-learn", theirs="kappas_of_pairs", library_items=100,
    ),
    Compared("leave one out, plurality", "ceiling_plurality", "60"),
    Compared("leave one out, share", "ceiling_share", "13"),
    Compared("alternative annotator test, nominal", "alternative_nominal", "440-490"),
    Compared("alternative annotator test, ordinal", "alternative_ordinal", "36-38"),
    Compared("item bootstrap of alpha, B 1,000", "item_bootstrap", "20-38"),
    Compared("owner bootstrap of alpha, B 1,000", "owner_bootstrap"),
    Compared("annotator bootstrap, B 1,000", "annotator_bootstrap", "90"),
    Compared("two-way bootstrap, B 200", "two_way_bootstrap", "1,600"),
    Compared(
        "alpha and AC1 in 50 segments", "segments", "50-75", "300",
        library="krippendorff (alpha)", theirs="segments",
    ),
    Compared("Dawid-Skene", "dawid_skene", "1,100 (20 rounds)"),
    Compared(
        "Bradley-Terry, 50 systems", "bradley_terry", "2", library="choix", theirs="bradley_terry"
    ),
    Compared(
        "tau-b of all ratings, 5 x 5", "tau_b_5", "28", library="scipy", theirs="tau_b_5"
    ),
    Compared("tau-b of items, 101 x means", "tau_b_101", "24", library="scipy", theirs="tau_b_101"),
    Compared("Pearson of items", "pearson", library="scipy", theirs="pearson"),
    Compared("Spearman of items", "spearman", library="scipy", theirs="spearman"),
    Compared(
        "Jensen-Shannon of items", "jensen_shannon", library="scipy", theirs="jensen_shannon"
    ),
]  # fmt: skip
