"""Who may do what: one readable table (design part 4). Scope, *which rows*, is said by `visible_to(access)`.

Roles have names here, in `cases/scope.py` and in the demonstration. All else asks what somebody may do.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    OPERATOR = "operator", _("Support-line operator")
    COORDINATOR = "coordinator", _("Regional coordinator")
    OFFICER = "officer", _("Agency officer")
    ANALYST = "analyst", _("Analyst")
    MANAGER = "manager", _("Manager")
    ADMINISTRATOR = "administrator", _("Administrator")
    DPO = "dpo", _("Data protection officer")


class May(StrEnum):
    """What a role may do, in words that read after "may": `access.may(May.LOG_CALL)`."""

    LOG_CALL = "log call"
    EDIT_CALL = "edit own call"
    VIEW_CALL = "view call"
    OPEN_CASE = "open case"
    EDIT_CASE = "edit case"
    COMPLETE_CASE = "complete an own new case"
    VIEW_CASE = "view case"
    TRANSFER = "transfer person"
    GRANT = "ask and grant access"
    REVIEW_DUPLICATE = "review duplicate"
    CONFIRM_YEAR = "confirm year"
    DECIDE_IMPORTED_YEARS = "decide whether imported persons must be complete"
    IMPORT_PERSONS = "import persons"
    EXPORT_ROWS = "export rows"
    NOTIFY = "notify"
    VIEW_DIRECTORY = "view directory"
    EDIT_OWN_CONTACT = "edit own contact"
    EDIT_OWN_AGENCY = "edit own agency"
    VIEW_PUBLISHED = "view published figures"
    VIEW_REGION_TABLES = "view own region's tables"
    VIEW_TOTALS = "view totals"
    PUBLISH = "build, protect and publish"
    ESTIMATE = "estimate the dark figure"
    EDIT_FIGURES = "edit historical figures and population"
    APPROVE_EXCEPTION = "approve exceptions"
    APPROVE_DISPOSAL = "approve disposal"
    CARRY_OUT_DISPOSAL = "carry out disposal"
    VIEW_OWN_AUDIT_LOG = "view own cases' audit log"
    VIEW_SIGN_INS = "view sign-ins"
    VIEW_AUDIT_LOG = "view and verify the audit log"
    COORDINATE = "have regions of one's own"
    EXTRACT_CASE = "extract an own case, with its texts"
    EXTRACT_ANY_CASE = "extract any case by number, without its texts"
    ADMINISTER = "administer users, network and codes"
    LET_IN = "answer who is let in"
    REVIEW_ACCOUNTS = "review accounts every year"
    VIEW_OVERVIEW = "see the newest year in figures"
    WATCH_SESSIONS = "see who is signed in and end it"
    WATCH_RUNS = "be told when background runs stand still"
    BE_REMINDED = "get e-mails that say how much waits"
    READ_KNOWLEDGE = "read articles"
    EDIT_KNOWLEDGE = "write and review articles"
    EDIT_REMARKS = "write and review texts beside the figures"


EVERYONE: Final = frozenset({May.VIEW_PUBLISHED, May.READ_KNOWLEDGE})
CASEWORK: Final = frozenset(
    {May.VIEW_CALL, May.OPEN_CASE, May.VIEW_CASE, May.EXPORT_ROWS, May.VIEW_DIRECTORY, May.BE_REMINDED}
)

MAY: Final[dict[Role, frozenset[May]]] = {
    Role.OPERATOR: EVERYONE | CASEWORK | {May.LOG_CALL, May.EDIT_CALL, May.COMPLETE_CASE},
    Role.COORDINATOR: EVERYONE
    | CASEWORK
    | {
        May.EDIT_CASE,
        May.TRANSFER,
        May.GRANT,
        May.REVIEW_DUPLICATE,
        May.CONFIRM_YEAR,
        May.IMPORT_PERSONS,
        May.EDIT_OWN_CONTACT,
        May.VIEW_REGION_TABLES,
        May.VIEW_OWN_AUDIT_LOG,
        May.COORDINATE,
        May.EXTRACT_CASE,
    },
    Role.OFFICER: EVERYONE | {May.NOTIFY, May.VIEW_DIRECTORY, May.EDIT_OWN_AGENCY},
    Role.ANALYST: EVERYONE | {May.VIEW_TOTALS, May.PUBLISH, May.ESTIMATE, May.EDIT_FIGURES, May.EDIT_REMARKS},
    Role.MANAGER: EVERYONE
    | {
        May.VIEW_TOTALS,
        May.APPROVE_EXCEPTION,
        May.APPROVE_DISPOSAL,
        May.DECIDE_IMPORTED_YEARS,
        May.VIEW_OVERVIEW,
        May.WATCH_RUNS,
        May.LET_IN,
        May.REVIEW_ACCOUNTS,
    },
    Role.ADMINISTRATOR: EVERYONE
    | {
        May.ADMINISTER,
        May.VIEW_SIGN_INS,
        May.CARRY_OUT_DISPOSAL,
        May.VIEW_DIRECTORY,
        May.WATCH_RUNS,
        May.EDIT_KNOWLEDGE,
        May.REVIEW_ACCOUNTS,
    },
    Role.DPO: EVERYONE | {May.VIEW_AUDIT_LOG, May.WATCH_SESSIONS, May.EXTRACT_ANY_CASE},
}
OF_THE_REGISTER: Final = Role.ANALYST  # as whom it reads its own totals, in commands and jobs
OF_A_REGION: Final = Role.COORDINATOR  # as whom the totals of one region are read
# A manager is stood in for by somebody who works with totals or accounts: never with rows of casework, and
# not by who watches.
STOOD_IN_FOR: Final = Role.MANAGER
STAND_IN: Final = (Role.ANALYST, Role.ADMINISTRATOR)
# What no administrator gives alone: to see rows of calls and cases, to read the audit log, to decide on
# others, to read totals that are not protected, to change or publish them.
BY_TWO: Final = frozenset(
    {
        *(May.VIEW_CALL, May.VIEW_CASE, May.EXTRACT_ANY_CASE, May.VIEW_AUDIT_LOG, May.ADMINISTER, May.LET_IN),
        *(May.VIEW_TOTALS, May.PUBLISH, May.ESTIMATE, May.EDIT_FIGURES),
        *(May.APPROVE_EXCEPTION, May.APPROVE_DISPOSAL),
    }
)


def may_stand_in(role: str) -> bool:
    """Whether somebody of the role may be a manager for some days."""
    return role in STAND_IN


def roles_with(*wanted: May) -> list[Role]:
    """The roles that have any of `wanted`."""
    return [role for role in Role if MAY[role] & set(wanted)]


def given_by_two(role: str) -> bool:
    """Whether the role is given by one and answered by another."""
    return role in Role.values and bool(MAY[Role(role)] & BY_TWO)


def role_in_words(name: str) -> str:
    """What the role of an event or a version is called, in the reader's language; empty where it had none."""
    return str(dict(Role.choices).get(name, ""))
