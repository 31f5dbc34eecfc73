"""Users are invited, changed and ended here; a password is chosen by its owner alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.access import Access
from accounts.invitations import (
    change_user,
    has_second_factor,
    invite,
    invite_again,
    may_be_invited,
    take_second_factor,
)
from accounts.letters import address_for
from accounts.models import User
from accounts.roles import May
from agencies.resources.user import UserResource
from exchange.admin.base import ListAdmin, access_of, in_pieces, yes_no
from exchange.admin.exchange import ExchangeMixin


class UserForm(forms.ModelForm):
    access: Access
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("", gettext_lazy("as the browser asks")), *settings.LANGUAGES],
        required=False,
    )

    class Meta:
        model = User
        fields = ("email", "name", "role", "agency", "language", "is_active")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        own = self.instance.pk == self.access.user.pk
        if own and (
            not cleaned.get("is_active", True) or cleaned.get("role", self.access.role) != self.access.role
        ):
            self.add_error(None, _("You cannot end your own access. Ask another administrator."))
        return cleaned


@admin.register(User)
class UserAdmin(ExchangeMixin, ListAdmin):
    resource = UserResource
    form = UserForm
    fields = ("email", "name", "role", "agency", "language", "is_active")
    list_display = (
        in_pieces("email", gettext_lazy("e-mail")),
        "name",
        "role",
        "agency",
        yes_no("is_active", gettext_lazy("active")),
        "last_login",
    )
    list_select_related = ("agency",)
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **options: Any
    ) -> type[UserForm]:
        form = super().get_form(request, obj, change, **options)
        return type(form.__name__, (form,), {"access": access_of(request)})

    def save_model(  # type: ignore[override]
        self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool
    ) -> None:
        if change:
            change_user(user=obj, fields=form.changed_data, by=access_of(request))
            return
        _tell(request, obj, invite(user=obj, by=access_of(request), site=address_for(request)))

    # --- a lost invitation, a lost second factor ---------------------------------------------
    def get_urls(self) -> list[Any]:
        own = {"invite": self.again, "second_factor": self.without_factor}
        return [
            *(
                path(
                    f"<path:object_id>/{verb}/",
                    self.admin_site.admin_view(view),
                    name=f"accounts_user_{verb}",
                )
                for verb, view in own.items()
            ),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        obj = options.get("obj")
        if obj is not None and self.has_change_permission(request, obj):
            context["may_invite"] = may_be_invited(obj)
            context["may_take_factor"] = obj.pk != access_of(request).user.pk and has_second_factor(obj)
        return super().render_change_form(request, context, *args, **options)

    @method_decorator(require_POST)
    def again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        access = access_of(request)
        access.require(May.ADMINISTER)
        person = self.get_object(request, unquote(object_id))
        _tell(request, person, invite_again(user=person, by=access, site=address_for(request)))
        return redirect("admin:accounts_user_change", person.pk)

    @method_decorator(require_POST)
    def without_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        access = access_of(request)
        access.require(May.ADMINISTER)
        person = self.get_object(request, unquote(object_id))
        take_second_factor(user=person, by=access)
        messages.success(request, _("The second factor is gone. Another is set up after the next password."))
        return redirect("admin:accounts_user_change", person.pk)


def _tell(request: HttpRequest, person: User, link: str) -> None:
    if settings.EMAIL_HOST:
        said = _(
            "An invitation is on its way to %(email)s. If it does not come, send it again from the "
            "user's page."
        )
        messages.success(request, said % {"email": person.email})
    else:
        said = _(
            "No mail server is set up. Give %(email)s this link, which works once and for %(days)d days: "
            "%(link)s"
        )
        days = settings.INVITATION_DAYS
        messages.warning(request, said % {"email": person.email, "days": days, "link": link})
