"""Rules on dates. Today is passed in: the rules know no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from cases.rules.faults import Fault, Severity

EARLIEST: Final = date(2000, 1, 1)  # the network began in 2009; exploitation may have begun before


def within(field: str, day: date | None, *, today: date, earliest: date = EARLIEST) -> tuple[Fault, ...]:
    """Neither in the future nor before `earliest`."""
    if day is None:
        return ()
    if day > today:
        return (Fault(field, "date_future", {"value": day.isoformat()}),)
    if day < earliest:
        return (Fault(field, "date_early", {"value": day.isoformat(), "earliest": earliest.isoformat()}),)
    return ()


def ordered(field: str, start: date | None, end: date | None) -> tuple[Fault, ...]:
    """End not before start, where both are known; the fault stands at `field`, the end."""
    if start and end and end < start:
        return (Fault(field, "end_before_start", {"start": f"{start:%Y-%m}", "end": f"{end:%Y-%m}"}),)
    return ()


def month_precision(field: str, day: date | None) -> tuple[Fault, ...]:
    if day and day.day != 1:
        return (Fault(field, "month_precision", {"value": day.isoformat()}),)
    return ()


@dataclass(frozen=True, slots=True)
class Validity:
    """When a code applies, both days included; None is open."""

    valid_from: date | None = None
    valid_to: date | None = None


def code_validity(field: str, code: str, day: date | None, validity: Validity) -> tuple[Fault, ...]:
    """A code used outside its dates warns and never blocks. `code` is what the message names."""
    if day is None:
        return ()
    if validity.valid_from and day < validity.valid_from:
        params = {"value": code, "date": validity.valid_from.isoformat()}
        return (Fault(field, "code_early", params, Severity.WARNING),)
    if validity.valid_to and day > validity.valid_to:
        params = {"value": code, "date": validity.valid_to.isoformat()}
        return (Fault(field, "code_late", params, Severity.WARNING),)
    return ()
