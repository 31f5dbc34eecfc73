"""Addresses of the exports, below those of cases. What they filter stands in the query, as on the list."""

from __future__ import annotations

from django.urls import path

from cases.views import exporting

urlpatterns = [
    path("export/", exporting.export, name="export"),
    path("export/htcds/", exporting.htcds, name="export_htcds"),
    path("export/htcds/report/", exporting.htcds_report, name="export_htcds_report"),
]
