from django.urls import path

from audit_pages import views

app_name = "audit_pages"
urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("jobs/verify-audit/", views.verify_audit, name="verify_audit"),
]
