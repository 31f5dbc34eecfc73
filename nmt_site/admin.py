"""The Django admin's own site: same sign-in, same role table."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import AdminReadonlyField
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignObjectRel, Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, gettext_lazy


class RegisterAdminSite(admin.AdminSite):
    site_header = site_title = gettext_lazy("The NMT register")
    index_title = gettext_lazy("Administration")
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_staff

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Each list with the line that says what it is."""
        apps: list[Any] = super().get_app_list(request, app_label)
        for one in (one for app in apps for one in app["models"]):
            one["about"] = getattr(self._registry[one["model"]], "about", "")
        return apps

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Whoever is signed in and comes here has no work in the admin; the others sign in where everybody
        does."""
        if request.user.is_authenticated:
            raise PermissionDenied(_("Your role has nothing to do here."))
        return redirect("account_login")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")


def in_words(field: AdminReadonlyField, remote_field: ForeignObjectRel, remote_obj: Model) -> str:
    """A related row that is only read. Django links to its page without asking whether the role may open
    it."""
    return str(remote_obj)


AdminReadonlyField.get_admin_url = in_words  # type: ignore[method-assign,assignment]
