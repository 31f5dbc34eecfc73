from __future__ import annotations

from django.urls import path

from agencies import audit_views, views

app_name = "agencies"
urlpatterns = [
    path("coordinators/", views.directory, name="directory"),
    path("coordinators/duty/", views.duty, name="duty"),
    path("audit/", audit_views.audit, name="audit"),
]
