"""The pages about practice. All other addresses below are those of the register itself (`cases.practice`)."""

from django.urls import path

from cases.views import practice

app_name = "practice"
urlpatterns = [
    path("", practice.home, name="home"),
    path("begin/", practice.begin, name="begin"),
    path("end/", practice.end, name="end"),
]
