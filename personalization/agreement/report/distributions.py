"""How divided people are, and how far each judge's distribution lies from their label shares."""

from personalization.agreement.arrays import FloatArray
from personalization.agreement.distributions.divergence import (
    cross_entropy_smoothed,
    jensen_shannon,
    kl_smoothed,
    tvd,
    tvd_of_values,
)
from personalization.agreement.distributions.entropy import entropy_correlation, mean_entropy
from personalization.agreement.distributions.pairs import paired
from personalization.agreement.frames import Frame, identity_known
from personalization.agreement.minimums import current
from personalization.agreement.patterns import collapse
from personalization.agreement.report.judges import judge_name
from personalization.agreement.report.records import Collection, shown


def add_distributions(out: Collection, frame: Frame) -> None:
    """Add each panel's entropy, then each judge against it, from as many raters as each needs."""
    for role, labels in frame.panels.items():
        patterns = collapse(labels.histogram, frame.owner, _n_raters(frame, role))
        out.add(role, None, "entropy_nats", shown(mean_entropy(patterns, seed=out.seed_of(role))))
        for judge in frame.judges:
            name = judge_name(frame, judge)
            if judge.shares is not None:
                add_shares(out, frame, role, name, judge.shares)
                continue
            found = tvd_of_values(
                labels.histogram,
                judge.value,
                frame.owner,
                patterns.n_raters,
                seed=out.seed_of(name, role),
            )
            out.add(name, role, "tvd", shown(found))


def _n_raters(frame: Frame, role: str) -> int | None:
    return len(frame.panels[role].rater_ids) if identity_known(frame, role) else None


def add_shares(out: Collection, frame: Frame, role: str, name: str, shares: FloatArray) -> None:
    """Add how far one judge's distributions lie from the label shares of one panel."""
    seed, hist = out.seed_of(name, role), frame.panels[role].histogram
    pairs = paired(hist, shares, frame.owner, _n_raters(frame, role))
    enough = current()
    js = jensen_shannon(pairs.rated(enough.divergence_ratings), seed=seed)
    many = pairs.rated(enough.smoothed_ratings)
    for statistic, estimate in {
        "tvd": tvd(pairs, seed=seed),
        "js_bits": js.bits,
        "js_nats": js.nats,
        "js_distance": js.distance,
        "kl_smoothed": kl_smoothed(many, seed=seed),
        "cross_entropy_smoothed": cross_entropy_smoothed(many, seed=seed),
        "entropy_correlation": entropy_correlation(pairs.rated(enough.entropy_ratings), seed=seed),
    }.items():
        out.add(name, role, statistic, shown(estimate))
