"""What a rule answers: a tuple of faults, empty when all is well."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

SHOWN: Final = 40  # characters of a typed value that a message repeats


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"  # shown, never blocks


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """`field` is a column name of persons or calls, "" for the record as a whole; `code` is a key of
    MESSAGES."""

    field: str
    code: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict, hash=False)
    severity: Severity = Severity.ERROR


class NotAllowed(ValueError):
    """A word or date that cannot be read; `fault` turns it into the fault of a field."""

    def __init__(self, code: str, value: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, object] = {"value": shorten(value), **params}

    def fault(self, field: str) -> Fault:
        return Fault(field, self.code, self.params)


def shorten(value: str) -> str:
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"


def errors(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(f for f in faults if f.severity is Severity.ERROR)
