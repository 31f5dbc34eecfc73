"""Users are invited, changed and ended here; a password is chosen by its owner alone. What opens casework, or
somebody else's account, is asked for here and answered by a second person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import Access
from accounts.invitations import change_user, has_second_factor, keep_one, keeps_access, may_be_invited
from accounts.models import Approval, User
from accounts.notices import address_for
from accounts.roles import May
from agencies.account_approvals import (
    USER_FIELDS,
    account_needs_two,
    ask_account,
    ask_change,
    ask_factor,
    invite_alone,
    invite_once_more,
    waits_already,
)
from agencies.admin.network import AsksFirst, asked_for, hold, why_field
from agencies.resources import UserResource
from agencies.stand_ins import answerers
from exchange.admin import ExchangeMixin, Extra, ListAdmin, access_of, in_pieces, yes_no


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
        stays = {name: cleaned[name] for name in ("role", "is_active", "ends_on") if name in cleaned}
        if own and not keeps_access(User(**{"role": self.access.role, **stays}), self.access):
            self.add_error(None, _("You cannot end your own access. Ask another administrator."))
        if not self.errors:
            self._look_ahead(cleaned)
        return cleaned

    def _look_ahead(self, cleaned: dict[str, Any]) -> None:
        """Whether a second person is needed, and whether an administrator is left."""
        stored = User.objects.filter(pk=self.instance.pk).first()
        facts = {name: cleaned[name] for name in USER_FIELDS if name in cleaned}
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
        return [("yes", gettext_lazy("can sign in")), ("no", gettext_lazy("invited, and not come yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"yes": User.objects.able(*May), "no": User.objects.awaited(*May)}.get(str(self.value()))
        return queryset if wanted is None else queryset.filter(pk__in=wanted.order_by().values("pk"))


@admin.register(User)
class UserAdmin(AsksFirst, ExchangeMixin, ListAdmin):
    about = gettext_lazy(
        "Who signs in, with which role. A role that sees cases or totals is answered by a second person."
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
            change_user(user=obj, fields=[name for name in form.changed_data if name != "why"], by=access)
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
        if person.pk == access.user.pk:
            message = _("Ask another administrator: nobody takes away the own second factor here.")
            raise PermissionDenied(message)
        why = request.POST.get("why", "").strip()[:500] or _("The second factor is lost.")
        asked_for(person, ask_factor(user=person, reason=why, by=access))
        return self.response_change(request, person)


def _tell(request: HttpRequest, person: User, link: str, asked: Approval | None = None) -> None:
    """Where the link is, and who is asked to tell the code."""
    if asked is not None:
        who = ", ".join(map(str, answerers(asked)))
        message = _("A code opens the account: %(who)s is asked to tell it to %(name)s by telephone.")
        nobody = _(
            "Nobody can tell %(name)s the code that opens the account: there is no manager and no second "
            "administrator who can sign in. Whoever runs the server makes one there, with manage.py invite."
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
