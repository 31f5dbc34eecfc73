"""What is logged. One noun a file."""

from cases.models.call import Call
from cases.models.case import Case, CaseSeries, SuspectCount, YearConfirmation
from cases.models.draft import Draft
from cases.models.exploitation import Exploitation
from cases.models.identification import Identification
from cases.models.indicator import PersonIndicator
from cases.models.measure import Measure
from cases.models.notification import Notification
from cases.models.person import Person
from cases.models.search import ComparedPerson, LikenessSearch, WaitingHint
from cases.models.sharing import AccessGrant, DuplicateReview, Transfer

__all__ = [
    "AccessGrant",
    "Call",
    "Case",
    "CaseSeries",
    "ComparedPerson",
    "Draft",
    "DuplicateReview",
    "Exploitation",
    "Identification",
    "LikenessSearch",
    "Measure",
    "Notification",
    "Person",
    "PersonIndicator",
    "SuspectCount",
    "Transfer",
    "WaitingHint",
    "YearConfirmation",
]
