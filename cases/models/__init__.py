"""What is logged. One noun a file, what belongs to a person in one."""

from cases.models.call import Call
from cases.models.case import Case, CaseSeries, SuspectCount, YearConfirmation
from cases.models.disposed import DisposedYear
from cases.models.draft import Draft
from cases.models.last_list import LastList
from cases.models.message import Message
from cases.models.misregistration import Misregistration
from cases.models.notification import Notification
from cases.models.parts import Exploitation, Identification, Measure, PersonIndicator
from cases.models.person import Person
from cases.models.reading_day import ReadingDay
from cases.models.reminder import Reminder
from cases.models.search import ComparedPerson, LikenessSearch, WaitingHint
from cases.models.sent_late import SentLate
from cases.models.sharing import AccessGrant, DuplicateReview, Transfer
from cases.models.taken_over import TakenOverYear
from cases.models.tries import Try

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
