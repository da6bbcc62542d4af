"""Is a judge harsh or mild?"""

import numpy as np

from personalization.agreement.estimate import Estimate
from personalization.agreement.intervals.bootstrap import DRAWS
from personalization.agreement.intervals.draws import stable_seed
from personalization.agreement.scales.cells import Cells
from personalization.agreement.scales.error import mean_of_cells


def signed_bias(cells: Cells, *, seed: int | str = 0, draws: int = DRAWS) -> Estimate:
    """Return the mean over items of judge - human mean, in units of the scores: inflation above 0.

    cells: the cross-table of the judge's numbers with the humans' means (`cells_of`). A bias of 0 may
    hide a judge that does not use the scale: show both sides' label shares beside it. Interval:
    bootstrap by item or owner. Undefined: no item has both (`no_overlap`, or `no_valid_verdict` where
    the judge was unreadable).

    >>> from personalization.agreement.scales.cells import cells_of
    >>> from personalization.agreement.scales.numbers import numbers_of
    >>> judge, human = numbers_of(np.array([5.0, 4.0])), numbers_of(np.array([3.5, 4.5]))
    >>> signed_bias(cells_of(judge, human), draws=0).value
    0.5
    """
    above = cells.x[cells.row] - cells.y[cells.column]
    return mean_of_cells(cells, np.asarray(above), seed=stable_seed(seed, "bias"), draws=draws)
