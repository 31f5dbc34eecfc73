"""What is logged. One noun a file, with what belongs to it."""

from cases.models.call import Call as Call
from cases.models.case import (
    Case as Case,
    CaseSeries as CaseSeries,
    DisposedYear as DisposedYear,
    Misregistration as Misregistration,
    SuspectCount as SuspectCount,
    TakenOverYear as TakenOverYear,
    YearConfirmation as YearConfirmation,
)
from cases.models.notification import Message as Message, Notification as Notification
from cases.models.parts import (
    Exploitation as Exploitation,
    Identification as Identification,
    Measure as Measure,
    PersonIndicator as PersonIndicator,
)
from cases.models.person import Person as Person
from cases.models.personal import (
    Draft as Draft,
    LastList as LastList,
    ReadingDay as ReadingDay,
    Reminder as Reminder,
    SentLate as SentLate,
)
from cases.models.sharing import (
    AccessGrant as AccessGrant,
    ComparedPerson as ComparedPerson,
    DuplicateReview as DuplicateReview,
    LikenessSearch as LikenessSearch,
    Transfer as Transfer,
    Try as Try,
    WaitingHint as WaitingHint,
)
