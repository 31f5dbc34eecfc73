"""Free texts, which hold nothing that identifies a person; numbers and references in any spelling. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from cases import scanner
from cases.rules.faults import Fault, Severity, fault_if

MAX_LENGTH: Final = 1000  # characters
# A telephone may look like an account of a bank or a passport, and is none; like these it may not look.
OF_A_PERSON: Final = frozenset(
    {"personal_number", "coordination_number", "masked_number", "birth_date", "migration_number"}
)
PHONE: Final = re.compile(r"\+?[0-9][0-9 ()-]{4,28}")
# An agency's reference may look like the number of a car or a passport.
OF_REFERENCES: Final = frozenset({"plate", "passport"})
REFERENCES: Final = ("reference", "registry_number")


def note(field: str, text: str, *, longest: int = MAX_LENGTH) -> tuple[Fault, ...]:
    """Length, then one fault for each kind of thing the scanner found. What it found is not repeated.

    A text that is too long is not scanned: it is refused anyhow."""
    if len(text) > longest:
        return (Fault(field, "long", {"n": len(text), "max": longest}),)
    reasons = dict.fromkeys(one.reason for one in scanner.find(text))
    harmless = OF_REFERENCES if field.endswith(REFERENCES) else frozenset()
    return tuple(Fault(field, "identity", {"kind": reason}) for reason in reasons if reason not in harmless)


def work_phone(text: str) -> bool:
    """Whether it is a number at which a colleague is reached: figures, and no number of a person."""
    is_of_person = any(finding.reason in OF_A_PERSON for finding in scanner.find(text))
    return not is_of_person and bool(PHONE.fullmatch(text))


def name_told(field: str, text: str) -> tuple[Fault, ...]:
    """Whether somebody seems to be called by name: a question, since the word may be a town's or a firm's."""
    return fault_if(scanner.named(text), field, "name", Severity.WARNING)


_BETWEEN: Final = r"[\s\-\u2010-\u2015\u2212./]*"
_SPELLED: Final = re.compile(
    rf"([A-ZÅÄÖ]{{1,2}}){_BETWEEN}((?:19|20)\d\d){_BETWEEN}0*(\d{{1,5}})(?:{_BETWEEN}P{_BETWEEN}0*(\d{{1,4}}))?"
)


def number_meant(text: str) -> str | None:
    """The number of a case, or of a person in it, that `text` spells: `V-2018-0012` for "v 2018 12",
    "V20180012" and "v–2018–012"; `V-2018-0012-P3` for "v-2018-12 p3". None where it is none.

    What is typed from paper or read out lacks noughts, blanks and hyphens: which of them does not matter.
    """
    spelled = _SPELLED.fullmatch(text.strip().upper())
    if spelled is None:
        return None
    region, year, serial, person = spelled.groups()
    case = f"{region}-{year}-{serial:0>4}"
    return f"{case}-P{person}" if person else case


# a case's reference and a person's: no part of a reference has a single | between blanks
BETWEEN: Final = " | "
_DASHES: Final = re.compile("[\u2010-\u2015\u2212]")
_NO_MATTER: Final = re.compile("(?<![0-9]) | (?![0-9])")


def folded(text: str) -> str:
    """What all spellings of a reference have in common: "K 1234–26" and "k1234-26" are one.

    The case of letters, the kind of a dash, characters that are not seen, and blanks do not count; but a
    blank between two digits does, since "1 23" and "12 3" are two.
    """
    if not text.isascii():
        seen = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
        text = _DASHES.sub("-", "".join(seen))
    parts = " ".join(text.split()).casefold().split(BETWEEN)
    return unicodedata.normalize("NFKC", BETWEEN.join(_NO_MATTER.sub("", part) for part in parts))
