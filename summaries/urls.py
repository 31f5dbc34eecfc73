from __future__ import annotations

from django.urls import include, path

app_name = "summaries"
urlpatterns = [
    path("", include("summaries.dark_figure_urls")),
]
