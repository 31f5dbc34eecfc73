"""Who signs in, what two of them are needed for, and what is kept of signing in.

Attempts and remembered values expire. Reviews, accepted terms and connected e-IDs belong to an account.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.permissions import django_permission, has_lists
from accounts.roles import STAND_IN, STOOD_IN_FOR, May, Role, may_stand_in, roles_with
from encryption.fields import SecretTextField


def one_of(field: str, values: Sequence[str], name: str) -> models.CheckConstraint:
    """Return the constraint that a column has one of these values."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


class Attempt(models.Model):
    """How often one thing was tried since its period began. Expires, and is never made to give way to others.

    `key` is a keyed digest of what is tried from where: it tells nobody an address."""

    key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(  # whose account, in the count of a whole day
        "User", models.CASCADE, null=True, verbose_name=_("user"), related_name="+"
    )
    count = models.PositiveIntegerField(_("number"))
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("attempts")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.count}"


class Remembered(models.Model):
    """A value of the shared memory: JSON, and nothing that becomes an object when it is read."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.TextField()
    until = models.DateTimeField(null=True, db_index=True)

    class Meta:
        verbose_name = _("remembered value")
        verbose_name_plural = _("remembered values")

    def __str__(self) -> str:
        return self.key


class AccountReview(models.Model):
    """One answer about one account: who gave it, and when. It is never changed; the next is another row."""

    class Answer(models.TextChoices):
        STAYS = "stays", _("stays")
        ENDS = "ends", _("ends")

    user = models.ForeignKey("User", models.PROTECT, verbose_name=_("user"), related_name="reviews")
    by = models.ForeignKey("User", models.PROTECT, verbose_name=_("reviewed by"), related_name="+")
    at = models.DateTimeField(_("time"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)

    class Meta:
        verbose_name = _("review of an account")
        verbose_name_plural = _("reviews of accounts")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(user=F("by")),
                name="accounts_accountreview_by_another",
                violation_error_message=_("Nobody reviews their own account."),
            ),
            one_of("answer", ["stays", "ends"], "accounts_accountreview_answer_known"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class TermsAccepted(models.Model):
    """When somebody accepted one version of the terms: once, and never taken back. The text of each version
    stays in the program."""

    user = models.ForeignKey("User", models.PROTECT, verbose_name=_("user"), related_name="terms_accepted")
    version = models.PositiveSmallIntegerField(_("version"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("accepted terms")
        verbose_name_plural = _("accepted terms")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["user", "version"], name="accounts_termsaccepted_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="accounts_termsaccepted_version_real"),
        ]

    def __str__(self) -> str:
        return str(self.version)


class BoundEid(models.Model):
    """An e-ID that its owner has connected, while signed in with password and second factor.

    `subject` is a keyed digest of who it is to the e-ID service: what the service calls them may be a
    personal identity number, and is not kept. `owner` is another, of the subject with the account and its
    address: written by hand into the database, moved to another account, or kept when the address is
    another's, it opens nothing."""

    user = models.OneToOneField("User", models.PROTECT, verbose_name=_("user"), related_name="eid")
    subject = models.CharField(max_length=64, unique=True)
    owner = models.CharField(max_length=64)
    bound_at = models.DateTimeField(_("connected"))
    used_at = models.DateTimeField(_("used"), null=True)

    class Meta:
        verbose_name = _("connected e-ID")
        verbose_name_plural = _("connected e-IDs")

    def __str__(self) -> str:
        return str(self.user)


DEMO_DOMAIN: Final = "@demo.example"  # of the invented people of a demonstration


def open_accounts(of: str = "") -> Q:
    """Those that are active and have not ended, by the day in Sweden. `of`: the way to the user."""
    lasting = Q(**{f"{of}ends_on__isnull": True}) | Q(**{f"{of}ends_on__gte": timezone.localdate()})
    return Q(**{f"{of}is_active": True}) & lasting


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **facts: Any) -> User:
        user = self.model(email=email.strip().lower(), **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get(self, *args: Any, **facts: Any) -> User:
        """With whether the user stands in for a manager today: each request asks it of who is signed in."""
        return self._with_today().get(*args, **facts)

    def working(self, *wanted: May) -> models.QuerySet[User]:
        """Those who have any of `wanted` today and can sign in."""
        roles = roles_with(*wanted)
        rows = self._with_today().filter(open_accounts())
        holds = Q(holds_today=True, role__in=STAND_IN)
        own = Q(role__in=roles) & ~holds
        return rows.filter(own | holds if STOOD_IN_FOR in roles else own)

    def _with_today(self) -> models.QuerySet[User]:
        return self.annotate(holds_today=Exists(stand_ins(OuterRef("pk"))))

    def able(self, *wanted: May) -> models.QuerySet[User]:
        """The same who have come in: with a password of their own, and an account that is open."""
        came = self.working(*wanted).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return came.exclude(opening__isnull=False, opening__opened_at__isnull=True).order_by("pk")

    def awaited(self, *wanted: May) -> models.QuerySet[User]:
        """Those of `working` who were invited and have not come in yet."""
        return self.working(*wanted).exclude(pk__in=self.able(*wanted).order_by().values("pk"))


class User(AbstractBaseUser):
    """Somebody who signs in, by e-mail. One role; which region is said by dated `Coordinator` rows."""

    FILE_KEY = "email"

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    agency = models.ForeignKey(
        "agencies.Agency",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("agency"),
        related_name="users",
    )
    language = models.CharField(_("language"), max_length=5, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    ends_on = models.DateField(
        _("last day"),
        null=True,
        blank=True,
        help_text=_("The last day on which the account can sign in. Empty: until somebody ends it."),
    )
    daily_letter = models.BooleanField(_("daily e-mail"), default=True)
    at_once_from = models.DateTimeField(_("immediate e-mails since"), null=True, blank=True)
    date_joined = models.DateTimeField(_("since"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role"]
    is_superuser = False  # there is none: the admin obeys the role table
    came_by = ""  # how, where it is not by a password: see accounts.eid
    was_invited = False  # with a password for the first time: see accounts.sign_in
    code_to_read_out = ""  # by which the account opens, while it is made: see accounts.invitations

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_once"),
            one_of("role", Role.values, "accounts_user_role_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        if settings.DEMO and not self.email.endswith(DEMO_DOMAIN):
            text = _("This is a demonstration: it starts with invented people alone. Choose an address that "
                     "ends in %(domain)s.")  # fmt: skip
            raise ValidationError({"email": text % {"domain": DEMO_DOMAIN}})

    @property
    def reading_language(self) -> str:
        """The language of what is written to this user: the one chosen, else that of the register."""
        return self.language or settings.LANGUAGE_CODE

    @property
    def has_ended(self) -> bool:
        """Whether the last day is over, by the day in Sweden."""
        return self.ends_on is not None and self.ends_on < timezone.localdate()

    @property
    def works(self) -> bool:
        """Whether the account signs in and may anything today."""
        return self.is_active and not self.has_ended

    def outlasts(self, day: date | None) -> bool:
        """Whether the account ends later than one that ends on `day`; None: one that does not end."""
        return day is not None and (self.ends_on is None or self.ends_on > day)

    @cached_property
    def stands_in(self) -> bool:
        """Whether this user stands in for a manager today."""
        known = self.__dict__.get("holds_today")  # as the manager's queries read it, with the user
        return stand_ins(Value(self.pk)).exists() if known is None else bool(known)

    @property
    def role_now(self) -> Role:
        """The role of today: who stands in for a manager is that, and nothing else meanwhile."""
        return STOOD_IN_FOR if may_stand_in(self.role) and self.stands_in else Role(self.role)

    @property
    def is_staff(self) -> bool:
        """May open the Django admin: those who have a list in it."""
        return self.works and has_lists(self.role_now)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.works and django_permission(self.role_now, perm)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def pending(self) -> ApprovalQuerySet:
        return self.filter(answer=Approval.Answer.PENDING)

    def of(self, act: str, kind: str, ident: str) -> ApprovalQuerySet:
        """Those asked for of one act upon one thing, the latest first."""
        return self.filter(act=act, target_kind=kind, target_id=ident).order_by("-asked_at", "-pk")


class Approval(models.Model):
    """An act that nobody does alone: asked for by one person, answered by another.

    The target is text, as in the audit log: it may be a row, a year or the whole register. `digest` binds the
    answer to what was looked at: what has changed since must be asked about again. `payload` is what is
    carried out at a yes; an act that is done elsewhere is marked as done by `used_at`.
    """

    class Answer(models.TextChoices):
        PENDING = "pending", _("waits for an answer")
        GIVEN = "given", _("approved")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act = models.CharField(_("act"), max_length=40)
    target_kind = models.CharField(max_length=60, blank=True)
    target_id = models.CharField(max_length=60, blank=True)
    target_label = models.CharField(_("what it is about"), max_length=100, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    payload = models.JSONField(default=dict, blank=True, editable=False)
    reason = SecretTextField(_("reason"))
    asked_by = models.ForeignKey(
        "User", models.PROTECT, verbose_name=_("asked by"), related_name="approvals_asked"
    )
    asked_at = models.DateTimeField(_("asked"))
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices, default=Answer.PENDING)
    answered_by = models.ForeignKey(
        "User", models.PROTECT, null=True, blank=True, verbose_name=_("answered by"), related_name="+"
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answer_reason = SecretTextField(_("reason of the answer"), blank=True)
    used_at = models.DateTimeField(_("carried out"), null=True, blank=True)

    code_to_read_out = ""  # by which an account opens, for the moment in which the answer is given
    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval by a second person")
        verbose_name_plural = _("approvals by a second person")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(answer="withdrawn") | ~Q(asked_by=F("answered_by")),
                name="accounts_approval_two_persons",
                violation_error_message=_("Nobody answers their own request."),
            ),
            models.CheckConstraint(
                condition=Q(answer="pending", answered_by__isnull=True, answered_at__isnull=True)
                | Q(
                    answer__in=["given", "declined", "withdrawn"],
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                ),
                name="accounts_approval_answered_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["act", "target_kind", "target_id"],
                condition=Q(answer="pending"),
                name="accounts_approval_pending_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.target_label}".strip()


class Opening(models.Model):
    """The code by which an account opens, as a hash: said by telephone by who was shown it, `made_by`.

    Whoever holds the invitation's link, or the mailbox, gets no further without it."""

    user = models.OneToOneField("User", models.PROTECT, verbose_name=_("user"), related_name="opening")
    hashed = models.CharField(max_length=200)
    tries = models.PositiveSmallIntegerField(_("wrong codes"), default=0)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        "User", models.PROTECT, null=True, verbose_name=_("shown to"), related_name="+"
    )
    opened_at = models.DateTimeField(_("opened"), null=True)

    class Meta:
        verbose_name = _("opening of an account")
        verbose_name_plural = _("openings of accounts")

    def __str__(self) -> str:
        return str(self.user)


class Notice(models.Model):
    """Something that somebody is told on *Min sida* for some weeks: `kind` says it in words, `label` of
    what, `link` leads there."""

    user = models.ForeignKey("User", models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=120, blank=True)
    link = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "-at"], name="accounts_notice_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.label}".strip()


STAND_INS: Final = "manager.stand_in"  # the act by whose answer somebody stands in for a manager


def stand_ins_from(today: date) -> ApprovalQuerySet:
    """The answers by which somebody stands in for a manager, on that day or later: given, and not ended."""
    given = Approval.objects.filter(act=STAND_INS, answer=Approval.Answer.GIVEN, used_at__isnull=True)
    return given.filter(payload__last__gte=today.toordinal())


def stand_ins(user: Combinable) -> ApprovalQuerySet:
    """The answers by which `user` stands in for a manager today."""
    today = timezone.localdate()
    rows = stand_ins_from(today).filter(payload__first__lte=today.toordinal())
    return rows.filter(target_id=Cast(user, models.CharField()))


class SentForm(models.Model):
    """A form that has done its work, by the token it was shown with: sent again, it does nothing.

    `made`: the key of the row that it made, or changed."""

    sender = models.ForeignKey("User", models.PROTECT, related_name="+")
    token = models.UUIDField()
    made = models.BigIntegerField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "token"], name="accounts_sentform_once")]

    def __str__(self) -> str:
        return str(self.token)


class CalendarAddress(models.Model):
    """The secret address at which somebody's calendar asks for their days, as a hash: it is shown when it is
    made, and never again."""

    user = models.OneToOneField(
        "User", models.PROTECT, verbose_name=_("user"), related_name="calendar_address"
    )
    hashed = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("address of a calendar")
        verbose_name_plural = _("addresses of calendars")

    def __str__(self) -> str:
        return str(self.user)


class UrgentLetter(models.Model):
    """That somebody is told by e-mail at once of one thing, which `about` names by its kind and random code;
    kept until it is sent, and sent once."""

    user = models.ForeignKey("User", models.PROTECT, related_name="+")
    about = models.CharField(max_length=60)
    at = models.DateTimeField(_("time"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("immediate e-mail")
        verbose_name_plural = _("immediate e-mails")
        constraints = [models.UniqueConstraint(fields=["user", "about"], name="accounts_urgentletter_once")]
        indexes = [
            models.Index(
                fields=["at"], name="accounts_urgentletter_unsent", condition=models.Q(sent_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.about
