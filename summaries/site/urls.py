"""Addresses that everybody may keep: they never change, and `?lang=en` is the same page in English."""

from __future__ import annotations

from django.urls import path

from exchange.years import YEAR
from summaries.site import feeds as data
from summaries.site import views
from summaries.site import views as pages
from summaries.site import views as public_changes

VERSION = f"{YEAR}/v<int:version>"
app_name = "public"
urlpatterns = [
    path("", pages.start, name="start"),
    path("alla-ar.csv", data.all_years_csv, name="all_years_csv"),
    path("alla-ar-semikolon.csv", data.all_years_semicolon, name="all_years_semicolon"),
    path("alla-ar.json", data.all_years_json, name="all_years_json"),
    path("dcat.rdf", data.catalogue, name="catalogue"),
    path("atom.xml", data.feed, name="feed"),
    path("om/", views.about, name="about"),
    path("serier/", pages.series, name="series"),
    path(f"{YEAR}/", pages.year_page, name="year"),
    path(f"{YEAR}/internationellt/", pages.international, name="international"),
    path(f"{YEAR}/kvalitet/", pages.quality, name="quality"),
    path(f"{VERSION}/", pages.year_page, name="version"),
    path(f"{VERSION}/internationellt/", pages.international, name="version_international"),
    path(f"{VERSION}/kvalitet/", pages.quality, name="version_quality"),
    path(f"{YEAR}/andringar/", public_changes.changes, name="changes"),
    path(f"{YEAR}/status.json", views.status, name="status"),
    path(f"{YEAR}/<slug:name>/", pages.table, name="table"),
    path(f"{VERSION}/<slug:name>/", pages.table, name="version_table"),
    path(f"{YEAR}/<slug:name>.svg", pages.chart, name="chart"),
    path(f"{VERSION}/<slug:name>.svg", pages.chart, name="version_chart"),
    path(f"{VERSION}/<str:name>", views.file, name="version_file"),
    path(f"{YEAR}/<str:name>", views.file, name="file"),
]
