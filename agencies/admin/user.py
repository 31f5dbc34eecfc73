"""Users are invited, changed and ended here; a password is chosen by its owner alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from agencies.access import Access
from agencies.actions import change_user, invite
from agencies.admin.base import ListAdmin, access_of
from agencies.admin.exchange import ExchangeMixin
from agencies.models import User
from agencies.resources.user import UserResource


class UserForm(forms.ModelForm):
    access: Access

    class Meta:
        model = User
        fields = ("email", "name", "role", "agency", "language", "is_active")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        own = self.instance.pk == self.access.user.pk
        if own and (not cleaned.get("is_active", True) or cleaned.get("role", self.access.role) != self.access.role):
            self.add_error(None, _("You cannot end your own access. Ask another administrator."))
        return cleaned


@admin.register(User)
class UserAdmin(ExchangeMixin, ListAdmin):
    resource = UserResource
    form = UserForm
    fields = ("email", "name", "role", "agency", "language", "is_active")
    list_display = ("email", "name", "role", "agency", "is_active", "last_login")
    list_select_related = ("agency",)
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> type[UserForm]:
        form = super().get_form(request, obj, change, **options)
        return type(form.__name__, (form,), {"access": access_of(request)})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            change_user(user=obj, fields=form.changed_data, by=access_of(request))
            return
        link = invite(user=obj, by=access_of(request), site=request.build_absolute_uri("/"))
        if settings.EMAIL_HOST:
            messages.success(request, _("An invitation was sent to %(email)s.") % {"email": obj.email})
        else:
            said = _(
                "No mail server is set up. Give %(email)s this link, which works once and for %(days)d days: %(link)s"
            )
            days = settings.INVITATION_DAYS
            messages.warning(request, said % {"email": obj.email, "days": days, "link": link})
