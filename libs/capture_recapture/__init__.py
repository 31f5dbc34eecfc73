"""Multiple systems estimation: how many victims no list knows of. Pure: no Django, clock or settings.

Several organisations each hold a list of the persons they identified. From how much the lists overlap, a
Poisson log-linear model estimates how many persons are on none of them. The method and its limits:
`estimation`, `texts` and the references there. numpy and scipy are imported inside functions, so that a web
process that never estimates never loads them.
"""

from __future__ import annotations

from libs.capture_recapture.estimation import EstimateCancelled, estimability, estimate, sensitivity
from libs.capture_recapture.results import Estimate, Interval, Refusal, RefusalReason
from libs.capture_recapture.table import CaptureTable, CaptureTableError

__all__ = [
    "CaptureTable",
    "CaptureTableError",
    "Estimate",
    "EstimateCancelled",
    "Interval",
    "Refusal",
    "RefusalReason",
    "estimability",
    "estimate",
    "sensitivity",
]
