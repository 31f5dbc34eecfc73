from django.urls import path

from jobs import views

app_name = "jobs"
urlpatterns = [
    path("<uuid:code>/", views.detail, name="detail"),
    path("<uuid:code>/cancel/", views.cancel, name="cancel"),
]
