"""Who may do what: one readable table (design part 4). Scope, *which rows*, is the door's:
`visible_to(access)`."""

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
    VIEW_CASE = "view case"
    TRANSFER = "transfer person"
    GRANT = "ask and grant access"
    REVIEW_DUPLICATE = "review duplicate"
    CONFIRM_YEAR = "confirm year"
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
    VIEW_OWN_TRAIL = "view own cases' trail"
    VIEW_SIGN_INS = "view sign-ins"
    VIEW_TRAIL = "view and verify the trail"
    EXTRACT_CASE = "extract a case by number"
    ADMINISTER = "administer users, network and codes"


EVERYONE: Final = frozenset({May.VIEW_PUBLISHED})

MAY: Final[dict[Role, frozenset[May]]] = {
    Role.OPERATOR: EVERYONE
    | {
        May.LOG_CALL,
        May.EDIT_CALL,
        May.VIEW_CALL,
        May.OPEN_CASE,
        May.VIEW_CASE,
        May.EXPORT_ROWS,
        May.VIEW_DIRECTORY,
    },
    Role.COORDINATOR: EVERYONE
    | {
        May.VIEW_CALL,
        May.OPEN_CASE,
        May.EDIT_CASE,
        May.VIEW_CASE,
        May.TRANSFER,
        May.GRANT,
        May.REVIEW_DUPLICATE,
        May.CONFIRM_YEAR,
        May.IMPORT_PERSONS,
        May.EXPORT_ROWS,
        May.VIEW_DIRECTORY,
        May.EDIT_OWN_CONTACT,
        May.VIEW_REGION_TABLES,
        May.VIEW_OWN_TRAIL,
        May.EXTRACT_CASE,
    },
    Role.OFFICER: EVERYONE | {May.NOTIFY, May.VIEW_DIRECTORY, May.EDIT_OWN_AGENCY},
    Role.ANALYST: EVERYONE | {May.VIEW_TOTALS, May.PUBLISH, May.ESTIMATE, May.EDIT_FIGURES},
    Role.MANAGER: EVERYONE | {May.VIEW_TOTALS, May.APPROVE_EXCEPTION, May.APPROVE_DISPOSAL},
    Role.ADMINISTRATOR: EVERYONE
    | {May.ADMINISTER, May.VIEW_SIGN_INS, May.CARRY_OUT_DISPOSAL, May.VIEW_DIRECTORY},
    Role.DPO: EVERYONE | {May.VIEW_TRAIL, May.EXTRACT_CASE},
}
