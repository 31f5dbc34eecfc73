"""What is logged. One noun a file, what belongs to a person in one."""

from cases.models.call import Call
from cases.models.case import Case, CaseSeries, SuspectCount, YearConfirmation
from cases.models.notification import Message, Notification
from cases.models.parts import Exploitation, Identification, Measure, PersonIndicator
from cases.models.person import Person, TakenOverYear
from cases.models.personal import Draft, LastList, ReadingDay, Reminder, SentLate
from cases.models.removal import DisposedYear, Misregistration
from cases.models.sharing import (
    AccessGrant,
    ComparedPerson,
    DuplicateReview,
    LikenessSearch,
    Transfer,
    Try,
    WaitingHint,
)

__all__ = [
    "AccessGrant",
    "Call",
    "Case",
    "CaseSeries",
    "ComparedPerson",
    "DisposedYear",
    "Draft",
    "DuplicateReview",
    "Exploitation",
    "Identification",
    "LastList",
    "LikenessSearch",
    "Measure",
    "Message",
    "Misregistration",
    "Notification",
    "Person",
    "PersonIndicator",
    "ReadingDay",
    "Reminder",
    "SentLate",
    "SuspectCount",
    "TakenOverYear",
    "Transfer",
    "Try",
    "WaitingHint",
    "YearConfirmation",
]
