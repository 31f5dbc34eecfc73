"""Addresses of the yearly summary. What stands in them is a year and a table, never a choice of persons."""

from __future__ import annotations

from django.urls import include, path

from exchange.years import YEAR
from summaries.views import yearly

app_name = "summaries"

urlpatterns = [
    path("", include("summaries.estimates.urls")),
    path("", include("summaries.publishing.urls")),
    path("", yearly.start, name="start"),
    path("about/", yearly.about, name="about"),
    path("comparison/", yearly.comparison_page, name="comparison"),
    path("comparison.csv", yearly.comparison_csv, name="comparison_csv"),
    path("comparison/<slug:name>/", yearly.ten_years_page, name="ten_years"),
    path(f"{YEAR}/", yearly.year_page, name="year"),
    path(f"{YEAR}/quality/", yearly.quality_page, name="quality"),
    path(f"{YEAR}/tables.csv", yearly.year_csv, name="year_csv"),
    path(f"{YEAR}/tables.json", yearly.year_json, name="year_json"),
    path(f"{YEAR}/<slug:name>.csv", yearly.table_csv, name="table_csv"),
    path(f"{YEAR}/<slug:name>/", yearly.table_page, name="table"),
]
