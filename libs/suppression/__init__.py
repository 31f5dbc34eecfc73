"""Disclosure control: which figures of a publication are hidden, and the proof that nobody can work them out.

`protect()` chooses and attacks; `audit()` attacks alone. See docs/disclosure-control.md.
"""

from libs.suppression.figures import Figure, figure_of, name_of
from libs.suppression.package import Cancelled, FigureInterval, Kind, LedgerEntry, Package, Verdict
from libs.suppression.protection import (
    COARSER_ABOVE,
    AuditReport,
    Concentration,
    Protection,
    Reason,
    audit,
    concentrated_rows,
    hidden_share,
    protect,
)

__all__ = [
    "COARSER_ABOVE",
    "AuditReport",
    "Cancelled",
    "Concentration",
    "Figure",
    "FigureInterval",
    "Kind",
    "LedgerEntry",
    "Package",
    "Protection",
    "Reason",
    "Verdict",
    "audit",
    "concentrated_rows",
    "figure_of",
    "hidden_share",
    "name_of",
    "protect",
]
