"""Addresses that everybody may keep: they never change, and `?lang=en` is the same page in English."""

from __future__ import annotations

from django.urls import path

from exchange.years import YEAR
from summaries.publishing import public_views as views

app_name = "public"
urlpatterns = [
    path("", views.start, name="start"),
    path("om/", views.about, name="about"),
    path(f"{YEAR}/", views.year_page, name="year"),
    path(f"{YEAR}/internationellt/", views.international, name="international"),
    path(
        f"{YEAR}/v<int:version>/internationellt/", views.version_international, name="version_international"
    ),
    path(f"{YEAR}/v<int:version>/", views.version_page, name="version"),
    path(f"{YEAR}/v<int:version>/<str:name>", views.version_file, name="version_file"),
    path(f"{YEAR}/status.json", views.status, name="status"),
    path(f"{YEAR}/<str:name>", views.newest_file, name="file"),
]
