"""Addresses that everybody may keep: they never change, and `?lang=en` is the same page in English."""

from __future__ import annotations

from django.urls import path

from summaries.publishing import public_views as views

app_name = "public"
urlpatterns = [
    path("", views.start, name="start"),
    path("om/", views.about, name="about"),
    path("<int:year>/", views.year_page, name="year"),
    path("<int:year>/internationellt/", views.international, name="international"),
    path("<int:year>/v<int:version>/internationellt/", views.version_international, name="version_international"),
    path("<int:year>/v<int:version>/", views.version_page, name="version"),
    path("<int:year>/v<int:version>/<str:name>", views.version_file, name="version_file"),
    path("<int:year>/<str:name>", views.newest_file, name="file"),
]
