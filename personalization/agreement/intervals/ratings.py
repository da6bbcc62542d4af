"""The ratings behind a histogram: needed wherever a rater, not an item, is drawn or left out."""

from dataclasses import dataclass, replace
from functools import cached_property

from personalization.agreement.arrays import IntArray
from personalization.agreement.keys import check_codes
from personalization.agreement.patterns import histogram


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings of a panel, one value per rater and item: item, rater, value codes, (M,) each."""

    item: IntArray
    rater: IntArray
    value: IntArray
    n_items: int
    n_raters: int
    n_values: int

    def __post_init__(self) -> None:
        """Refuse codes outside their range: a stray one would count elsewhere."""
        check_codes(self.item, self.n_items)
        check_codes(self.rater, self.n_raters)
        check_codes(self.value, self.n_values)

    @cached_property
    def histogram(self) -> IntArray:
        """How many raters gave an item that value, (n_items, n_values)."""
        return histogram(self.item, self.value, self.n_items, self.n_values)

    def only(self, kept: IntArray) -> "Ratings":
        """Return the ratings at these places, with the same codes."""
        return replace(self, item=self.item[kept], rater=self.rater[kept], value=self.value[kept])

    def with_values(self, value: IntArray, n_values: int) -> "Ratings":
        """Return the same ratings coded anew, such as 1 where they equal the judge's value."""
        return replace(self, value=value, n_values=n_values)
