"""What owners, strangers and judges say of each arm's attributes."""

from collections.abc import Iterator

import numpy as np

from annotation.models import Study
from annotation.models.question import Kind
from personalization.agreement.arms.acceptance import (
    ACCEPTED,
    REJECTED,
    UNCERTAIN,
    Acceptance,
    acceptance,
)
from personalization.agreement.arms.codes import error_code_shares
from personalization.agreement.arms.difference import Terms, difference
from personalization.agreement.arrays import BoolArray, FloatArray, IntArray
from personalization.agreement.estimate import Estimate
from personalization.agreement.frames import HUMAN_ROLES
from personalization.agreement.judges.accuracy import NOT_ASKED
from personalization.agreement.report.judges import judge_name
from personalization.comparison.asked import Asked, asked, judges_of, translated
from personalization.comparison.records import Line

KEYS = {REJECTED: "rejected", UNCERTAIN: "uncertain", ACCEPTED: "accepted"}


class Reviews:
    """The labels of attributes and of what is wrong with them, by panel."""

    def __init__(self, study: Study) -> None:
        self.fits, self.codes = asked(study, Kind.ATTRIBUTE), asked(study, Kind.ERROR_CODE)
        self.labels = dict(_labels(self.fits)) if self.fits else {}

    @property
    def questions(self) -> dict[str, int]:
        """Return the numbers of the questions."""
        return {"attribute": self.fits.pk} if self.fits else {}

    def add(self, line: Line, attributes: IntArray) -> None:
        """Add what each panel says of these attributes."""
        if self.fits is None or not self.labels:
            return
        kept = np.isin(self.fits.attribute, attributes)
        for panel in self.labels:
            found = self._acceptance(line, panel, kept)
            for name in ("accepted", "uncertain", "rejected", "problematic"):
                line.add(panel, name, getattr(found, name), question=self.fits.name)
            if found.n_without_majority and panel == "third_party":
                line.made["without_majority"] = found.n_without_majority
        for role in HUMAN_ROLES:
            for key, share in self._codes(line, role, attributes):
                line.add(role, f"error_code@{key}", share, question=self.codes_name)

    @property
    def codes_name(self) -> str:
        """Return the name of the question what is wrong."""
        return self.codes.name if self.codes else ""

    def differences(
        self, one: IntArray, other: IntArray, seed: str
    ) -> Iterator[tuple[str, str, Estimate]]:
        """Yield panel, statistic and difference of the two arms' accepted and problematic shares."""
        for panel in self.labels:
            for statistic, wanted in (
                ("accepted", (ACCEPTED,)),
                ("problematic", (UNCERTAIN, REJECTED)),
            ):
                terms = (self._terms(panel, attributes, wanted) for attributes in (one, other))
                yield panel, statistic, difference(*terms, seed=f"{seed}|{panel}|{statistic}")

    def _acceptance(self, line: Line, panel: str, kept: BoolArray) -> Acceptance:
        label, behind, n_raters = self.labels[panel]
        fits = self._fits
        return acceptance(
            label[kept],
            behind[kept],
            fits.owner[kept],
            n_raters,
            seed=f"{fits.frame.seed}|{line.name}|{panel}",
        )

    @property
    def _fits(self) -> Asked:
        assert self.fits is not None  # noqa: S101 - nobody asks for numbers without labels
        return self.fits

    def _terms(self, panel: str, attributes: IntArray, wanted: tuple[int, ...]) -> Terms:
        label, behind, _n = self.labels[panel]
        fits = self._fits
        kept = np.isin(fits.attribute, attributes) & (label >= 0)
        items = np.flatnonzero(kept)
        top: FloatArray = np.isin(label[kept], wanted).astype(np.float64)
        return Terms(top, np.ones(len(top)), fits.owner[kept], items, behind[kept])

    def _codes(self, line: Line, role: str, attributes: IntArray) -> Iterator[tuple[str, Estimate]]:
        """Yield the share of each error code, of those who rejected the attribute and said why."""
        fits, codes = self.fits, self.codes
        if fits is None or codes is None or role not in codes.frame.panels:
            return
        rejected = _keys(fits, role, fits.frame.options.index("rejected"))
        given = codes.frame.panels[role]
        kept = np.isin(codes.attribute[given.item], attributes)
        kept &= np.isin(_keys(codes, role), rejected)
        item = given.item[kept]
        found = error_code_shares(
            given.value[kept],
            item,
            codes.frame.n_values,
            codes.owner[item],
            len(np.unique(given.rater[kept])),
            seed=f"{codes.frame.seed}|{line.name}|{role}",
        )
        yield from zip(codes.frame.options, found, strict=True)


def _labels(fits: Asked) -> Iterator[tuple[str, tuple[IntArray, IntArray, int]]]:
    """Yield each panel with its label of each item, the answers behind it, and its raters."""
    codes = fits.coded(*(KEYS[one] for one in sorted(KEYS)))
    if codes is None:
        return
    for role in HUMAN_ROLES:
        if role in fits.frame.panels:
            label = translated(fits.majority(role), codes)
            yield role, (label, fits.ratings(role), len(fits.frame.panels[role].rater_ids))
    for judge in judges_of(fits.frame):
        # What a judge could not say is not among its labels.
        label = translated(np.where(judge.value < 0, NOT_ASKED, judge.value), codes)
        yield judge_name(fits.frame, judge), (label, np.ones(len(label), np.int64), 1)


def _keys(asked: Asked, role: str, value: int | None = None) -> IntArray:
    """Return one number for each answer's rater and attribute; of one value alone, where it is given."""
    labels = asked.frame.panels.get(role)
    if labels is None:
        return np.zeros(0, np.int64)
    pair = asked.attribute[labels.item] * (1 << 31) + labels.rater_ids[labels.rater]
    keys: IntArray = pair if value is None else pair[labels.value == value]
    return keys
