"""Closed sets. What law or practice may change is a row in agencies.Code instead."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from cases.rules.exploitation import LABOUR
from cases.rules.persons import ADULT_CLASSES, CHILD_CLASSES
from cases.rules.values import AGES


class ListAnswer(TextChoices):
    GIVEN = "given", _("given")
    NONE = "none", _("none")
    UNKNOWN = "unknown", _("unknown")
    NOT_ASKED = "not_asked", _("not asked")


class Medium(TextChoices):
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    FORM = "form", pgettext_lazy("medium", "form")
    OTHER = "other", _("other")


class Urgency(TextChoices):
    ACUTE = "acute", _("acute")
    DAYS = "days", _("within days")
    GENERAL = "general", _("general")


class Consent(TextChoices):
    GIVEN = "given", pgettext_lazy("consent", "Given")
    MISSING = "missing", pgettext_lazy("consent", "Missing")
    NOT_RELEVANT = "not_relevant", pgettext_lazy("consent", "Not relevant")


class WithoutConsent(TextChoices):
    """Why there is a case although consent to referral is missing; nothing where it is not."""

    CHILD = "child", pgettext_lazy("consent", "A child: the report of concern has its own ground in law")
    DECISION = "decision", pgettext_lazy("consent", "Facts only, as the authority has decided")


class NotificationState(TextChoices):
    RECEIVED = "received", pgettext_lazy("notification", "Received")
    TAKEN = "taken", pgettext_lazy("notification", "Taken over")
    CONTACTED = "contacted", pgettext_lazy("notification", "Contacted")
    CLOSED = "closed", pgettext_lazy("notification", "Closed")


class ContactWay(TextChoices):
    PHONE = "phone", pgettext_lazy("contact", "By telephone")
    EMAIL = "email", pgettext_lazy("contact", "By e-mail")
    MESSAGE = "message", pgettext_lazy("contact", "By a message here")


class Side(TextChoices):
    """Of a handover: the agency, the line or the region that hands over; and the region that takes over."""

    GIVER = "giver", _("who hands over")
    TAKER = "taker", _("who takes over")


class CaseState(TextChoices):
    ACTIVE = "active", _("Active")
    FOLLOW_UP = "follow_up", _("Follow-up")
    CLOSED = "closed", _("Closed")
    HANDED_OVER = "handed_over", _("Closed, handed over")


OPEN_STATES = (CaseState.ACTIVE, CaseState.FOLLOW_UP)
CLOSED_STATES = (CaseState.CLOSED, CaseState.HANDED_OVER)


class Sex(TextChoices):
    F = "F", _("female")
    M = "M", _("male")
    O = "O", _("other sex")  # noqa: E741
    U = "U", _("not recorded")


class Child(TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("unknown")


class AgeClass(TextChoices):
    vars().update({ages: (ages, ages.replace("-", "–")) for ages in AGES})
    UNKNOWN = "unknown", _("unknown")


CHILD_AGES = tuple(age_class for age_class in AgeClass if age_class in CHILD_CLASSES)
ADULT_AGES = tuple(age_class for age_class in AgeClass if age_class in ADULT_CLASSES)


class Status(TextChoices):
    UNDER_ASSESSMENT = "under_assessment", _("Presumed victim, under assessment")
    PRESUMED = "presumed", _("Presumed victim")
    DECLINED = "declined", _("Declined formal identification")
    IDENTIFIED = "identified", _("Identified victim")
    NOT_VICTIM = "not_victim", _("Judged not a victim")


COUNTED = (Status.UNDER_ASSESSMENT, Status.PRESUMED, Status.DECLINED, Status.IDENTIFIED)


class Place(TextChoices):
    SWEDEN = "sweden", _("in Sweden")
    ABROAD = "abroad", _("abroad")
    UNKNOWN = "unknown", _("unknown")


class MeasureAnswer(TextChoices):
    OFFERED = "offered", _("offered")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined by the person")
    REFUSED = "refused", _("refused by the provider")


class RequestAnswer(TextChoices):
    PENDING = "pending", _("waiting for an answer")
    ACCEPTED = "accepted", pgettext_lazy("answer", "accepted")
    DECLINED = "declined", pgettext_lazy("answer", "declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Seen(TextChoices):
    """An indicator: whether the sign was seen. Taking an answer back makes it not asked; nothing is
    deleted."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("unknown")
    NOT_ASKED = "not_asked", _("not asked")


class Mistaken(TextChoices):
    MEASURE = "measure", _("measure")
    EXPLOITATION = "exploitation", _("purpose")
    IDENTIFICATION = "identification", _("identification")
    PERSON = "person", _("person")
    PERSONS = "persons", _("persons")
    CASE = "case", _("case")


class YearStep(TextChoices):
    """What a region says of its year: the first does not count, the second is a decision."""

    READY = "ready", _("ready so far")
    CLOSED = "closed", pgettext_lazy("year", "closed")


class Decision(TextChoices):
    OPEN = "open", _("To assess")
    SAME = "same", _("Same person")
    DIFFERENT = "different", _("Different persons")
    UNSURE = "unsure", _("Unsure")


LABOUR_PURPOSES = tuple(f"purpose:{word}" for word in LABOUR)
