from __future__ import annotations

from django.urls import path

from cases.views import home

app_name = "home"
urlpatterns = [
    path("", home.page, name="page"),
    path("years/<str:region>/confirm/", home.confirm, name="confirm"),
]
