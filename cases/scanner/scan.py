"""Finds in free text what looks like a number, address or date that identifies a person. Pure.

A finding has a place and a reason, never the text itself. It looks for the form of a number, not for its
truth: a check digit is not asked for, since a mistyped number identifies as well. Every pattern is bounded or
possessive and begins at a fixed mark, so that the time grows with the length of the text and not faster.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cases.scanner.contacts import (
    BANKS,
    DEVICES,
    DOCUMENTS,
    EMAILS,
    EMAILS_OF_PROVIDERS,
    FIGURE_OR_LINE,
    HANDLES,
    HANDLES_OF_NETWORKS,
    HANDLES_WITH_FIGURES,
    MACHINE_READABLE,
    NETWORK,
    PHONES,
    PLATES,
)
from cases.scanner.numbers import (
    ANNOUNCED_IDENTITY,
    BIRTH,
    BIRTH_BEHIND,
    BIRTH_IN_WORDS,
    IDENTITY,
    LAST_FOUR,
    LONG_AGO,
    SPACED_IDENTITY,
    YEAR,
    grouped_identity,
    spaced_identity,
    spelled,
    with_digits,
)
from cases.scanner.streets import (
    BOX,
    DOOR_CODE,
    ESTATES,
    NAMED_HOTEL,
    NO_STREETS,
    PLACES_ON_MAPS,
    POST_NUMBER,
    POSTCODE,
    QUARTER,
    ROOMS,
    STREETS,
    STREETS_WITHOUT_NUMBER,
)

BLANK: Final = "\x1f"  # stands where something has been dealt with: no digit, letter or space


@dataclass(frozen=True, slots=True)
class Finding:
    """`start` and `end` are places in the text as given.

    Kinds: identity_number, birth_date, email, phone, migration_number, address, handle, document, plate,
    bank; `reason` is a key of KINDS in cases.rules.faults."""

    kind: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class ScanStep:
    """What `reason` says becomes a finding; without kind it is harmless; "" leaves it for later steps.

    A text in which `near` is not found cannot hold the pattern: one quick look instead of many slow ones."""

    kind: str
    reason: str | Callable[[re.Match[str]], str]
    pattern: re.Pattern[str]
    near: re.Pattern[str]


def find(text: str) -> tuple[Finding, ...]:
    """What the text holds, in order of place, without overlaps."""
    places = [place for place, character in enumerate(text) if _PLAIN[ord(character)] is not None]
    findings: list[Finding] = []
    plain = _undisguised(text.translate(_PLAIN), findings)
    seen = {near: bool(near.search(plain)) for near in NEAR}
    for step in STEPS:
        if seen[step.near]:
            plain = _without(plain, step, findings)
    findings.sort(key=lambda finding: finding.start)
    return tuple(Finding(f.kind, places[f.start], places[f.end - 1] + 1, f.reason) for f in findings)


def _without(plain: str, step: ScanStep, findings: list[Finding]) -> str:
    """The text with what the step deals with blanked out. Inside a match that it leaves the next may
    begin."""
    pieces: list[str] = []
    done = at = 0
    while match := step.pattern.search(plain, at):
        reason = step.reason if isinstance(step.reason, str) else step.reason(match)
        at = match.end() if reason else match.start() + 1
        if reason:
            pieces += (plain[done : match.start()], BLANK * len(match[0]))
            done = match.end()
            if step.kind:
                findings.append(Finding(step.kind, *match.span(), reason))
    return "".join([*pieces, plain[done:]]) if done else plain


def _undisguised(plain: str, findings: list[Finding]) -> str:
    """With digits in place of the letters that stand for them; a number in words is a finding at once."""
    for start, end, digits in spelled(plain):
        if IDENTITY_IN_WORDS.fullmatch(digits):
            findings.append(Finding("identity_number", start, end, "personal_number"))
        elif PHONE_IN_WORDS.fullmatch(digits):
            findings.append(Finding("phone", start, end, "phone"))
        else:
            continue
        plain = plain[:start] + BLANK * (end - start) + plain[end:]
    return with_digits(plain)


class _Plain(dict[int, str | None]):
    """For str.translate: any digit as 0-9, any dash as -, any space as " "; None for what is not seen."""

    def __missing__(self, code: int) -> str | None:
        self[code] = plain = _plain_character(chr(code))
        return plain


# By category or character; None: zero width, soft hyphen, direction marks, accents on their own.
_PLAIN_OF: Final = {
    **dict.fromkeys(("Cf", "Mn", "Me")),
    **dict.fromkeys(("Pd", "−", "⁃"), "-"),
    **dict.fromkeys(("Zs", "\t"), " "),
    **dict.fromkeys("⁄∕", "/"),
}


def _plain_character(character: str) -> str | None:
    category = unicodedata.category(character)
    if category in _PLAIN_OF:
        return _PLAIN_OF[category]
    folded = unicodedata.normalize("NFKC", str(unicodedata.digit(character, character)))
    return _PLAIN_OF.get(character, folded if len(folded) == 1 else character)


_PLAIN: Final = _Plain()


def _eight_digits(match: re.Match[str]) -> str:
    """A compact date such as 20180701 is left alone."""
    return "" if COMPACT_DATE.fullmatch(match[0]) else "migration_number"


def _street(match: re.Match[str]) -> str:
    """Words that end like a street but are none: the workplace, the motorway, the way out."""
    return "" if match["name"].casefold() in NO_STREETS else "street"


_I: Final = re.IGNORECASE
_CURRENCY: Final = r"(?:kr|kronor|sek|euro|eur|€|dollar|usd|:-)"
AMOUNT: Final = re.compile(r"(?<![\d.])\d{1,3}(?:[ .]\d{3}){1,4}(?:,\d\d)? ?" + _CURRENCY, _I)

HARMLESS: Final = (
    re.compile(
        r"(?<![\w\-])[A-ZÅÄÖ]{1,2}-\d{4}-\d{4,6}(?:-P\d{1,4})?(?!\w)"
    ),  # our own case and person numbers
    re.compile(rf"(?<![\w/])[A-ZÅÄÖ]{{0,5}}[ \-]?(?!0)\d{{1,6}}(?:[.\-]\d{{1,6}}){{0,2}}/{YEAR}(?!\d)"),
    re.compile(rf"(?<![\w/]){YEAR}/\d{{1,6}}(?:[\-:]\d{{1,4}})?(?!\d)"),
    re.compile(r"(?<!\d)5000-K\d{3,7}-\d\d(?!\d)"),  # the police's
    re.compile(r"(?<!\w)[ABKTMÖ] ?\d{1,5}-\d\d(?!\d)"),  # the courts'
    re.compile(rf"(?<![\d\-]){YEAR}(?:-(?:0[1-9]|1[0-2]))(?:-(?:0[1-9]|[12]\d|3[01]))?(?!\d)"),
    re.compile(
        rf"(?<![\d.\-/])(?:0?[1-9]|[12]\d|3[01])(?P<part>[./\- ])(?:0?[1-9]|1[0-2])(?P=part){YEAR}(?!\d)"
    ),
    re.compile(r"\b(?:kl|klockan|at)\.? ?\d\d[.:]\d\d(?: ?- ?\d\d[.:]\d\d)?(?!\d)", _I),
    re.compile(r"(?<![\d.])(?:[01]\d|2[0-3])[.:][0-5]\d ?- ?(?:[01]\d|2[0-3])[.:][0-5]\d(?!\d|\.\d)"),
    re.compile(r"(?<!\d)(?:020|(?:\+|00)46 ?\(?0?\)? ?20)[ \-]?39[ \-]?0[ \-]?0[ \-]?0[ \-]?0(?![ \-]?\d)"),
    re.compile(r"(?<![\d ])114 ?14(?!\d| \d)|(?<=\D )114 ?14(?!\d| \d)"),
)

MIGRATION_WORD: Final = re.compile(
    r"\b(?:lma|dossier|dossié|doss)[a-zåäö]{0,8}(?:[ \-]?(?:kort|nr|nummer|no|number))?"
    r"(?: är| is)?[ .:#\-]{0,4}\d(?:[ \-]?\d){5,9}(?!\d)",
    _I,
)
MIGRATION: Final = re.compile(r"(?<![\w\-/:.])\d{2}-\d{6}(?![\d\-/:])")
EIGHT_DIGITS: Final = re.compile(r"(?<![\w\-/:.])\d{8}(?![\w/:]|-\d)")
COMPACT_DATE: Final = re.compile(rf"{YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")

# Of a number that was written in words.
IDENTITY_IN_WORDS: Final = re.compile(
    r"(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|[6-8]\d|9[01])\d{4}"
)
PHONE_IN_WORDS: Final = re.compile(r"(?:0|46)[1-9]\d{6,9}")

DIGIT: Final = re.compile(r"\d")
ANYTHING: Final = re.compile("")


def _steps(
    kind: str,
    reason: str | Callable[[re.Match[str]], str],
    *patterns: re.Pattern[str],
    near: re.Pattern[str] = DIGIT,
) -> tuple[ScanStep, ...]:
    return tuple(ScanStep(kind, reason, pattern, near) for pattern in patterns)


# The order matters: what a step finds is blank for those after it.
STEPS: Final = (
    *_steps("", "amount", AMOUNT),
    *_steps("bank", "bank_account", *BANKS),
    *_steps("address", "street", *PLACES_ON_MAPS, near=ANYTHING),
    *_steps("document", "passport", *DOCUMENTS, *DEVICES),
    *_steps("document", "passport", MACHINE_READABLE, near=ANYTHING),
    *_steps("identity_number", grouped_identity, IDENTITY),
    *_steps("identity_number", spaced_identity, SPACED_IDENTITY),
    *_steps("identity_number", "personal_number", ANNOUNCED_IDENTITY),
    *_steps("birth_date", "birth_date", BIRTH, near=ANYTHING),
    *_steps("birth_date", "birth_date", BIRTH_IN_WORDS, near=LONG_AGO),
    *_steps("birth_date", "birth_date", BIRTH_BEHIND),
    *_steps("identity_number", "personal_number", *LAST_FOUR),
    *_steps("email", "email", *EMAILS, near=ANYTHING),
    *_steps("email", "email", *EMAILS_OF_PROVIDERS, near=NETWORK),
    *_steps("handle", "account_name", *HANDLES, near=ANYTHING),
    *_steps("handle", "account_name", *HANDLES_OF_NETWORKS, near=NETWORK),
    *_steps("handle", "account_name", *HANDLES_WITH_FIGURES, near=FIGURE_OR_LINE),
    *_steps("", "harmless", *HARMLESS),
    *_steps("plate", "plate", *PLATES),
    *_steps("migration_number", "migration_number", MIGRATION_WORD),
    *_steps("phone", "phone", *PHONES),
    *_steps("migration_number", "migration_number", MIGRATION),
    *_steps("migration_number", _eight_digits, EIGHT_DIGITS),
    *_steps("address", _street, *STREETS),
    *_steps("address", _street, *STREETS_WITHOUT_NUMBER, near=ANYTHING),
    *_steps("address", "street", *ROOMS, *ESTATES, DOOR_CODE),
    *_steps("address", "street", NAMED_HOTEL, QUARTER, near=ANYTHING),
    *_steps("address", "box", BOX),
    *_steps("address", "postcode", POST_NUMBER, POSTCODE),
)
NEAR: Final = frozenset(step.near for step in STEPS)
