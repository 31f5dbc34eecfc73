"""What identifies a person in a free text: `find` says what is refused, `named` whether somebody seems to be
called by name. Pure.

Both are loaded with the first text: to compile their patterns takes a tenth of the register's start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases.scanner.scan import Finding


def find(text: str) -> tuple[Finding, ...]:
    from cases.scanner import scan

    return scan.find(text)


def named(text: str) -> bool:
    from cases.scanner import names

    return names.named(text)
