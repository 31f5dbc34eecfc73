"""What a rule answers: a tuple of faults, empty when all is well.

The texts of faults are English. The Django side translates them: gettext(MESSAGES[code]).format(**params).
"""

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


def fault_if(
    wrong: object, field: str, code: str, severity: Severity = Severity.ERROR, **params: object
) -> tuple[Fault, ...]:
    """Return the fault of a rule that has one, or none."""
    return (Fault(field, code, params, severity),) if wrong else ()


def shorten(value: str) -> str:
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"


def errors(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(f for f in faults if f.severity is Severity.ERROR)


def gettext_noop(text: str) -> str:
    """Marks a text for the translators; this module must not import Django."""
    return text


MESSAGES: Final[dict[str, str]] = {
    "required": gettext_noop("Enter {field}"),
    "date": gettext_noop("{value} is not a date. Write year-month-day, for example 2018-07-01."),
    "date_impossible": gettext_noop("{value} does not exist in the calendar."),
    "month": gettext_noop("{value} is not a month. Write year-month, for example 2018-07."),
    "date_future": gettext_noop("{value} is in the future."),
    "date_early": gettext_noop("{value} is too early. The earliest date is {earliest}."),
    "end_before_start": gettext_noop("End {end} cannot be before start {start}"),
    "month_precision": gettext_noop("{value} must be the first day of a month: only the month is stored."),
    "not_allowed": gettext_noop("“{value}” is not allowed. Allowed: {allowed}."),
    "unknown_code": gettext_noop("“{value}” is not in the list."),
    "unknown_name": gettext_noop("“{value}” is not in the list. Write a name as the list has it."),
    "measure_format": gettext_noop(
        "“{value}” is not a measure. Write kind:year-month, for example shelter:2018-07."
    ),
    "too_many_main": gettext_noop("Choose one main purpose. {n} are chosen now."),
    "no_purpose": gettext_noop("State at least one purpose. If it is not known, choose unknown."),
    "main_not_among": gettext_noop("The main purpose must be one of the purposes."),
    "purpose_twice": gettext_noop("The same purpose is stated twice."),
    "sector_without_labour": gettext_noop("A sector is stated only when the purpose is labour"),
    "sector_missing": gettext_noop(
        "State the sector when the purpose is labour. If it is not known, choose unknown."
    ),
    "form_without_sexual": gettext_noop("A form is stated only when the purpose is sexual"),
    "child_age": gettext_noop(
        "The age class {age_class} does not agree with the answer to whether the person is a child."
    ),
    "offence_early": gettext_noop("Human exploitation became an offence on 1 July 2018. Is the time right?"),
    "code_early": gettext_noop("“{value}” applies from {date}. Is the time right?"),
    "code_late": gettext_noop("“{value}” applied until {date}. Is the time right?"),
    "status_not_allowed": gettext_noop("The status cannot be changed that way."),
    "status_reason": gettext_noop("Say why the status is changed."),
    "means_child_adult": gettext_noop("“No means needed” is for children only."),
    "means_none_and_other": gettext_noop("“No means needed” cannot be chosen together with other means."),
    "long": gettext_noop("The text has {n} characters. At most {max} fit."),
    "identity": gettext_noop(
        "The text contains something that looks like {kind}. Remove it. "
        "The register must not contain anything that identifies a person."
    ),
    "name": gettext_noop("The text may contain a name. The register must not contain names of persons."),
    "call_no_persons": gettext_noop("The call is about a person, and how many it concerns is 0."),
    "call_no_purpose": gettext_noop("The call is about a person, and no purpose is chosen."),
    "call_no_outcome": gettext_noop("The call is about a person, and no outcome is chosen."),
    "outcome_case": gettext_noop(
        "The outcome says that a case is registered, and no case is opened from the call. Open one, or "
        "choose another outcome."
    ),
    "consent_unanswered": gettext_noop(
        "The call is about a suspected case. Answer whether there is consent to referral."
    ),
    "consent": gettext_noop("Consent is missing: of the call only statistical facts are saved."),
    "consent_case": gettext_noop(
        "Consent to referral is missing: the case holds no note, no reference and no registry number."
    ),
    "consent_child": gettext_noop("Consent to referral is missing: the case is for children only."),
    "consent_taken_back": gettext_noop(
        "A case is opened from the call. Tell the coordinator that consent is missing: the answer stays."
    ),
    "consent_given_afterwards": gettext_noop(
        "A case with facts only is opened from the call. It becomes a case as any other, and the answer "
        "cannot be taken back."
    ),
    "consent_no_child": gettext_noop(
        "A case is opened from the call for a child's sake. Write how many girls or boys the call concerns."
    ),
    "consent_import": gettext_noop(
        "Consent to referral is missing in case {number}: it is changed on its page, not by a file."
    ),
}

# What the scanner found, by the reason of its finding; for {kind} of "identity".
KINDS: Final[dict[str, str]] = {
    "personal_number": gettext_noop("a personal identity number"),
    "coordination_number": gettext_noop("a coordination number"),
    "masked_number": gettext_noop("a personal identity number with hidden digits"),
    "birth_date": gettext_noop("a date of birth"),
    "phone": gettext_noop("a phone number"),
    "email": gettext_noop("an e-mail address"),
    "migration_number": gettext_noop("an LMA or dossier number"),
    "account_name": gettext_noop("the name of an account"),
    "passport": gettext_noop("the number of a passport or a card"),
    "plate": gettext_noop("the registration number of a car"),
    "bank_account": gettext_noop("an account of a bank"),
    "street": gettext_noop("a street address"),
    "box": gettext_noop("a box address"),
    "postcode": gettext_noop("a postcode and town"),
}
