"""Addresses of the dark figure, within the summaries'."""

from __future__ import annotations

from django.urls import path

from summaries.estimates import views

urlpatterns = [
    path("dark-figure/", views.dark_figure, name="dark_figure"),
    path("dark-figure/<int:pk>/", views.estimate, name="estimate"),
]
