"""The Django admin's own site: same sign-in, same role table."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agencies.models import User


class RegisterAdminSite(admin.AdminSite):
    site_header = site_title = _("NMT register")
    index_title = _("Administration")

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.is_staff
