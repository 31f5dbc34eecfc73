"""The lists of who takes part: agencies, coordinators, counties, NMT regions, users; and the code lists.

Users are invited, changed and ended here; a password is chosen by its owner alone. Some forms change nothing
before a second person has answered, such as what opens casework, or somebody else's account: these are
`AsksFirst`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import Access, refuse_where, turn_back
from accounts.free_text import FreeTextField
from accounts.invitations import change_user, has_second_factor, keep_one, keeps_access, may_be_invited
from accounts.models import Approval, User
from accounts.notices import address_for
from accounts.roles import May
from agencies import resources
from agencies.account_approvals import (
    CARD_FIELDS,
    USER_FIELDS,
    account_needs_two,
    ask_account,
    ask_assignment,
    ask_change,
    ask_factor,
    gives_region,
    ident_of,
    invite_alone,
    invite_once_more,
    waits_already,
)
from agencies.models import NO_LIST, Agency, Code, CodeMapping, Coordinator, County, CountyRegion, Region
from agencies.resources import UserResource
from agencies.stand_ins import answerers, why_not
from exchange.admin import (
    ExchangeMixin,
    Extra,
    HistoryMixin,
    ListAdmin,
    access_of,
    in_language,
    in_pieces,
    yes_no,
)
from exchange.bulk import delete_row, save_row


@transaction.atomic
def delete_code(*, code: Code, by: Access) -> None:
    """A code that nothing has ever used. Raises PermissionDenied otherwise: `valid_to` ends it instead."""
    Code.objects.select_for_update().get(pk=code.pk)
    used = _("The code is or has been in use. Give it a last day of validity instead.")
    refuse_where(in_use(code), used)
    delete_row(row=code, by=by, right=May.ADMINISTER)


def in_use(code: Code) -> bool:
    """Whether any row, past version of a row, or mapping names the code: one query for each link to codes."""
    if CodeMapping.objects.filter(code=code.key).exists():
        return True
    return any(field.model._base_manager.filter(**{field.name: code}).exists() for field in code_columns())


def code_columns() -> list[Any]:
    """The columns of all models that hold a code."""
    links: Iterable[Any] = Code._meta.get_fields(include_hidden=True)
    return [link.field for link in links if link.auto_created and link.one_to_many]


HELP: Final = gettext_lazy(
    "A second person must approve a role that sees cases or totals, a region or a new address."
)


def why_field(help_text: str | Promise = HELP) -> forms.CharField:
    """The reason, for who answers. Asked for where somebody does."""
    return FreeTextField(
        names=False,
        label=gettext_lazy("Reason, for the person who answers"),
        required=False,
        max_length=500,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def hold(form: forms.ModelForm[Any], act: str, kind: str, ident: str) -> None:
    """What a form that needs a second person says: why is missing, or that it has been asked already."""
    if not form.cleaned_data.get("why", "").strip():
        form.add_error("why", _("A second person answers this. Write why, for the person who answers."))
    if waits_already(act, kind, ident):
        form.add_error(None, _("There is already a request about this that waits for an answer."))


class AsksFirst:
    """Of a ModelAdmin: its form knows who asks, and leads on to the question that `save_model` has asked."""

    def get_form(self, request: HttpRequest, *args: Any, **options: Any) -> type[forms.ModelForm[Any]]:
        form = super().get_form(request, *args, **options)  # type: ignore[misc]
        return type(form.__name__, (form,), {"access": access_of(request)})

    def response_add(self, request: HttpRequest, obj: Model, *args: Any, **options: Any) -> HttpResponse:
        return _led_on(request, obj) or super().response_add(request, obj, *args, **options)  # type: ignore[misc]

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        return _led_on(request, obj) or super().response_change(request, obj)  # type: ignore[misc]


def asked_for(obj: Model, asked: Approval) -> None:
    obj.asked_for = asked  # type: ignore[attr-defined]


def _led_on(request: HttpRequest, obj: Model) -> HttpResponse | None:
    asked = getattr(obj, "asked_for", None)
    if asked is None:
        return None
    words = _("Nothing is changed yet: a second person is asked, and must approve it.")
    return turn_back(request, words, "agencies:approval", asked.code)


LISTS: Final = {
    "act": gettext_lazy("acts"),
    "agency_kind": gettext_lazy("kinds of agencies"),
    "caller": gettext_lazy("callers' professions"),
    "channel": gettext_lazy("how cases came in"),
    "close_reason": gettext_lazy("reasons to close a case"),
    "control": gettext_lazy("control methods"),
    "indicator": gettext_lazy("indicators"),
    "means": gettext_lazy("improper means"),
    "measure": gettext_lazy("measures of support"),
    "offence": gettext_lazy("offences"),
    "outcome": gettext_lazy("outcomes of calls"),
    "provider": gettext_lazy("kinds of providers"),
    "purpose": gettext_lazy("purposes"),
    "purpose_group": gettext_lazy("published groups of purposes"),
    "recruitment": gettext_lazy("ways of recruitment"),
    "relation": gettext_lazy("suspects' relations"),
    "residence": gettext_lazy("residence statuses"),
    "sector": gettext_lazy("sectors"),
    "sexual_form": gettext_lazy("forms of sexual exploitation"),
    "suspect_role": gettext_lazy("suspects' roles"),
    "topic": gettext_lazy("topics of calls"),
}


def _asked_as(name: str) -> Any:
    """A list without a name of its own is called as the column that holds its codes."""
    columns = (field for field in code_columns() if field.get_limit_choices_to().get("list") == name)
    return getattr(next(columns, None), "verbose_name", name)


class CodeForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        code = Code(key=cleaned.get("key") or self.instance.key, list=cleaned.get("list", self.instance.list))
        if code.key and not code.has_its_list:
            self.add_error("key" if "key" in self.fields else None, NO_LIST)
        return cleaned


class ListFilter(admin.SimpleListFilter):
    title = Code._meta.get_field("list").verbose_name
    parameter_name = "list"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        names = Code.objects.order_by("list").values_list("list", flat=True).distinct()
        pairs = ((name, str(capfirst(LISTS.get(name) or _asked_as(name)))) for name in names)
        return sorted(pairs, key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(list=self.value()) if self.value() else queryset


@admin.register(Code)
class CodeAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = gettext_lazy(
        "Purposes, sectors, measures and other lists that forms choose from. A used code is never removed."
    )
    resource = resources.CodeResource
    form = CodeForm
    list_display = (
        in_pieces("key", gettext_lazy("key")),
        in_language("label_sv", gettext_lazy("label in Swedish")),
        in_language("label_en", gettext_lazy("label in English")),
        "valid_from",
        "valid_to",
        "position",
    )
    list_filter = (ListFilter,)
    search_fields = ("key", "label_sv", "label_en")

    def get_readonly_fields(self, request: HttpRequest, obj: Code | None = None) -> tuple[str, ...]:
        return ("key", "list") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Code | None = None) -> bool:
        return obj is not None and super().has_delete_permission(request, obj) and not in_use(obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_code(code=obj, by=access_of(request))


@admin.register(CodeMapping)
class MappingAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = gettext_lazy(
        "The published group, or the term of an international standard, under which a code is counted."
    )
    resource = resources.MappingResource
    list_display = (in_pieces("code", gettext_lazy("code")), "target", "release", "value")
    list_filter = (("target", admin.AllValuesFieldListFilter),)
    search_fields = ("code", "value")


NAMES: Final = (
    in_language("name_sv", gettext_lazy("name in Swedish")),
    in_language("name_en", gettext_lazy("name in English")),
)


@admin.register(Agency)
class AgencyAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = gettext_lazy(
        "Who identifies presumed victims: agencies, municipalities, organisations, and since when."
    )
    resource = resources.AgencyResource
    list_display = (
        *NAMES,
        "code",
        "kind",
        yes_no("municipal", gettext_lazy("municipal body")),
        "member_from",
        "member_to",
    )
    list_select_related = ("kind",)
    list_filter = ("municipal",)
    search_fields = ("code", "name_sv", "name_en")


class AdminCardForm(forms.ModelForm):
    """A card that gives its user a region is asked for, and answered by those who have the region."""

    access: Access
    why = why_field(
        gettext_lazy("A second person must approve that a user gets a region. Without a user it gives none.")
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        facts = {name: cleaned[name] for name in cleaned.keys() & {*CARD_FIELDS}}
        after = Coordinator(pk=self.instance.pk, **facts)
        if not self.errors and gives_region(after, self.access.today):
            if why := why_not(after, self.access.today):
                self.add_error(None, why)
            hold(self, "region.assign", "agencies.coordinator", ident_of(after))
        return cleaned


@admin.register(Coordinator)
class CoordinatorAdmin(AsksFirst, ExchangeMixin, HistoryMixin, ListAdmin):
    """Who coordinates where, and who stands in: these dated rows give a coordinator the region's cases."""

    about = gettext_lazy(
        "Who is responsible for a region or stands in, and on which days. It decides who sees its cases."
    )
    resource = resources.CoordinatorResource
    form = AdminCardForm
    fields = (*CARD_FIELDS, "why")
    list_display = ("name", "region", "kind", "municipality", "user", "valid_from", "valid_to")
    list_select_related = ("region", "user")
    list_filter = ("region", "kind")
    search_fields = ("name", "municipality", "email")
    autocomplete_fields = ("user",)

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm[Any], change: bool) -> None:
        access = access_of(request)
        if gives_region(obj, access.today):
            asked_for(obj, ask_assignment(card=obj, reason=form.cleaned_data["why"], by=access))
            return
        save_row(row=obj, by=access, right=self.right, fields={*form.changed_data} - {"why"})


@admin.register(Region)
class RegionAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = gettext_lazy("The regions of the network, each with its letters in case numbers.")
    resource = resources.RegionResource
    list_display = ("code", *NAMES)
    search_fields = ("code", "name_sv", "name_en")


@admin.register(County)
class CountyAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = gettext_lazy("The counties of Sweden, by their codes.")
    resource = resources.CountyResource
    list_display = ("code", *NAMES, "iso")
    search_fields = ("=code", "name_sv", "name_en")


@admin.register(CountyRegion)
class CountyRegionAdmin(ExchangeMixin, HistoryMixin, ListAdmin):
    about = gettext_lazy("Which county belongs to which region, and from what day.")
    resource = resources.CountyRegionResource
    list_display = ("county", "region", "valid_from")
    list_select_related = ("county", "region")
    list_filter = ("region",)
    search_fields = ("county__name_sv", "county__name_en")


class UserForm(forms.ModelForm):
    access: Access
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("", gettext_lazy("as the browser asks")), *settings.LANGUAGES],
        required=False,
    )
    why = why_field()

    class Meta:
        model = User
        fields = USER_FIELDS

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned = self.cleaned_data
        own = self.instance.pk == self.access.user.pk
        stays = {name: cleaned[name] for name in cleaned.keys() & {"role", "is_active", "ends_on"}}
        if own and not keeps_access(User(**{"role": self.access.role, **stays}), self.access):
            self.add_error(None, _("You cannot end your own access. Ask another administrator."))
        if not self.errors:
            self._look_ahead(cleaned)
        return cleaned

    def _look_ahead(self, cleaned: dict[str, Any]) -> None:
        """Whether a second person is needed, and whether an administrator is left."""
        stored = User.objects.filter(pk=self.instance.pk).first()
        facts = {name: cleaned[name] for name in cleaned.keys() & {*USER_FIELDS}}
        after = User(pk=self.instance.pk, **facts)
        act, ident = "account.new", after.email[:60]
        if stored is not None:
            act, ident = "account.change", str(stored.pk)
            try:
                keep_one(stored, after)
            except PermissionDenied as fault:
                self.add_error(None, str(fault))
        if account_needs_two(after):
            hold(self, act, "accounts.user", ident)


class ComeFilter(admin.SimpleListFilter):
    """As *My page* counts them."""

    title = gettext_lazy("state of the account")
    parameter_name = "come"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("can sign in")), ("no", gettext_lazy("invited, has not signed in yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"yes": User.objects.able(*May), "no": User.objects.awaited(*May)}.get(str(self.value()))
        return queryset if wanted is None else queryset.filter(pk__in=wanted.order_by().values("pk"))


@admin.register(User)
class UserAdmin(AsksFirst, ExchangeMixin, ListAdmin):
    about = gettext_lazy(
        "Who signs in, and with which role. A second person approves a role that sees cases or totals."
    )
    resource = UserResource
    form = UserForm
    fields = (*USER_FIELDS, "why")
    list_display = (
        in_pieces("email", gettext_lazy("e-mail")),
        "name",
        "role",
        "agency",
        yes_no("is_active", gettext_lazy("active")),
        "ends_on",
        "last_login",
    )
    list_select_related = ("agency",)
    list_filter = ("role", "is_active", ComeFilter)
    search_fields = ("email", "name")

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm[Any], change: bool) -> None:
        access, why = access_of(request), form.cleaned_data["why"]
        two = account_needs_two(obj)
        if two and change:
            asked_for(obj, ask_change(user=obj, reason=why, by=access))
        elif two:
            asked_for(obj, ask_account(user=obj, reason=why, site=address_for(request), by=access))
        elif change:
            change_user(user=obj, fields=[*{*form.changed_data} - {"why"}], by=access)
        else:
            _tell(request, obj, *invite_alone(user=obj, by=access, site=address_for(request)))

    def changelist_view(self, request: HttpRequest, extra_context: Extra = None) -> Any:
        more = {"review_address": reverse("agencies:review"), **(extra_context or {})}
        return super().changelist_view(request, more)

    def get_urls(self) -> list[Any]:
        own = {"invite": self.again, "second_factor": self.without_factor}
        pages = [
            path(f"<path:object_id>/{verb}/", self.admin_site.admin_view(view), name=f"accounts_user_{verb}")
            for verb, view in own.items()
        ]
        return [*pages, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        obj = options.get("obj")
        if obj is not None and self.has_change_permission(request, obj):
            context["may_invite"] = may_be_invited(obj)
            context["may_take_factor"] = (
                obj.pk != access_of(request).user.pk
                and has_second_factor(obj)
                and not waits_already("account.factor", "accounts.user", str(obj.pk))
            )
        return super().render_change_form(request, context, *args, **options)

    @method_decorator(require_POST)
    def again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        access = access_of(request).require(May.ADMINISTER)
        person = self.get_object(request, unquote(object_id))
        _tell(request, person, invite_once_more(user=person, by=access, site=address_for(request)))
        return redirect("admin:accounts_user_change", person.pk)

    @method_decorator(require_POST)
    def without_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        access = access_of(request).require(May.ADMINISTER)
        person = self.get_object(request, unquote(object_id))
        own = _("Ask another administrator: nobody removes their own second factor here.")
        refuse_where(person.pk == access.user.pk, own)
        why = request.POST.get("why", "").strip()[:500] or _("The second factor is lost.")
        asked_for(person, ask_factor(user=person, reason=why, by=access))
        return self.response_change(request, person)


def _tell(request: HttpRequest, person: User, link: str, asked: Approval | None = None) -> None:
    """Where the link is, and who is asked to tell the code."""
    if asked is not None:
        who = ", ".join(str(answerer) for answerer in answerers(asked))
        message = _("A code opens the account: %(who)s is asked to read it out to %(name)s by telephone.")
        nobody = _(
            "Nobody can give %(name)s the code that opens the account: there is no manager and no second "
            "administrator who can sign in. Operations creates one on the server, with manage.py invite."
        )
        messages.warning(request, (message if who else nobody) % {"name": person.name, "who": who})
    if settings.EMAIL_HOST:
        message = _(
            "An invitation is on its way to %(email)s. If it does not come, send it again from the "
            "user's page."
        )
        messages.success(request, message % {"email": person.email})
    else:
        message = _(
            "No mail server is set up. Give %(email)s this link, which works once and for %(days)d days: "
            "%(link)s"
        )
        days = settings.INVITATION_DAYS
        messages.warning(request, message % {"email": person.email, "days": days, "link": link})
