"""Every address of the register. Sign-in is the default; public pages say so themselves."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("nmt_site.page_urls")),
    path("", include("cases.urls_home")),
    path("calls/", include("cases.urls_calls")),
    path("cases/", include("cases.urls_cases")),
    path("drafts/", include("cases.urls_drafts")),
    path("", include("agencies.urls")),
    path("summaries/", include("summaries.urls")),
    path("statistik/", include("summaries.publishing.public_urls")),
    path("jobs/", include("jobs.urls")),
    path("", include("nmt_site.account_urls")),
    path("admin/", admin.site.urls),
]

handler400 = "nmt_site.views.bad_request"
handler403 = "nmt_site.views.permission_denied"
handler404 = "nmt_site.views.not_found"
handler500 = "nmt_site.views.server_error"
