"""Addresses of articles. What is looked for is posted: words of a call stand in no address."""

from django.urls import path

from knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("", views.index, name="index"),
    path("beside/", views.beside, name="beside"),
    path("<slug:key>/", views.article, name="article"),
    path("<slug:key>/text/", views.text, name="text"),
]
