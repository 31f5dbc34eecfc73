"""Addresses of the yearly summary. What stands in them is a year and a table, never a choice of persons."""

from __future__ import annotations

from django.urls import include, path

from exchange.years import YEAR
from summaries import views

app_name = "summaries"

urlpatterns = [
    path("", include("summaries.estimates.urls")),
    path("", include("summaries.release.urls")),
    path("", views.start, name="start"),
    path("about/", views.about, name="about"),
    path("comparison/", views.comparison_page, name="comparison"),
    path("comparison.csv", views.comparison_csv, name="comparison_csv"),
    path("comparison/<slug:name>/", views.ten_years_page, name="ten_years"),
    path(f"{YEAR}/", views.year_page, name="year"),
    path(f"{YEAR}/quality/", views.quality_page, name="quality"),
    path(f"{YEAR}/tables.csv", views.year_csv, name="year_csv"),
    path(f"{YEAR}/tables.json", views.year_json, name="year_json"),
    path(f"{YEAR}/<slug:name>.csv", views.table_csv, name="table_csv"),
    path(f"{YEAR}/<slug:name>/", views.table_page, name="table"),
]
