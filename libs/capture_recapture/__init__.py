"""Multiple systems estimation: how many victims no list knows of. Pure: no Django, clock or settings.

Several organisations each hold a list of the persons they identified. From how much the lists overlap, a
Poisson log-linear model estimates how many persons are on none of them. The method and its limits:
`estimation`, `texts` and the references there. What computes needs numpy and scipy, and is not imported here:
a web process that never estimates never loads them.
"""

from libs.capture_recapture.results import Estimate, EstimateCancelled, Refusal
from libs.capture_recapture.table import CaptureTable, CaptureTableError

__all__ = ["CaptureTable", "CaptureTableError", "Estimate", "EstimateCancelled", "Refusal"]
