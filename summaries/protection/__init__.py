"""Disclosure control: which figures of a publication are hidden, and the proof that nobody can work them out.

`protect()` chooses and attacks; `audit()` attacks alone. See docs/disclosure-control.md.
"""

from __future__ import annotations

from summaries.protection.figures import Figure, figure_of, name_of
from summaries.protection.findings import Cancelled, FigureInterval, Findings, Kind, Verdict
from summaries.protection.package import LedgerEntry, Package
from summaries.protection.protecting import AuditReport, Protection, Reason, audit, protect, report
from summaries.protection.warnings import COARSER_ABOVE, Concentration, concentrated_rows, hidden_share

__all__ = [
    "COARSER_ABOVE",
    "AuditReport",
    "Cancelled",
    "Concentration",
    "Figure",
    "FigureInterval",
    "Findings",
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
    "report",
]
