"""Every address of the register. Sign-in is the default; public pages say so themselves."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("cases.urls_home")),
    path("calls/", include("cases.urls_calls")),
    path("cases/", include("cases.urls_cases")),
    path("coordinators/", include("agencies.urls")),
    path("summaries/", include("summaries.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
