"""Addresses that everybody may keep: they never change, and `?lang=en` is the same page in English."""

from __future__ import annotations

from django.urls import path

from exchange.years import YEAR
from summaries.site import feeds, views

VERSION = f"{YEAR}/v<int:version>"
app_name = "public"
urlpatterns = [
    path("", views.start, name="start"),
    path("alla-ar.csv", feeds.all_years_csv, name="all_years_csv"),
    path("alla-ar-semikolon.csv", feeds.all_years_semicolon, name="all_years_semicolon"),
    path("alla-ar.json", feeds.all_years_json, name="all_years_json"),
    path("dcat.rdf", feeds.catalogue, name="catalogue"),
    path("atom.xml", feeds.feed, name="feed"),
    path("om/", views.about, name="about"),
    path("serier/", views.series, name="series"),
    path(f"{YEAR}/", views.year_page, name="year"),
    path(f"{YEAR}/internationellt/", views.international, name="international"),
    path(f"{YEAR}/kvalitet/", views.quality, name="quality"),
    path(f"{VERSION}/", views.year_page, name="version"),
    path(f"{VERSION}/internationellt/", views.international, name="version_international"),
    path(f"{VERSION}/kvalitet/", views.quality, name="version_quality"),
    path(f"{YEAR}/andringar/", views.changes, name="changes"),
    path(f"{YEAR}/status.json", views.status, name="status"),
    path(f"{YEAR}/<slug:name>/", views.table, name="table"),
    path(f"{VERSION}/<slug:name>/", views.table, name="version_table"),
    path(f"{YEAR}/<slug:name>.svg", views.chart, name="chart"),
    path(f"{VERSION}/<slug:name>.svg", views.chart, name="version_chart"),
    path(f"{VERSION}/<str:name>", views.file, name="version_file"),
    path(f"{YEAR}/<str:name>", views.file, name="file"),
]
