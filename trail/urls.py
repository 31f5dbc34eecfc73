from django.urls import path

from trail import views

app_name = "trail"
urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("jobs/verify-audit/", views.verify_audit, name="verify_audit"),
]
