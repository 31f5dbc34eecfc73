from __future__ import annotations

from django.urls import path

from agencies import audit_views, views
from agencies.exchange import views as exchange

app_name = "agencies"
urlpatterns = [
    path("coordinators/", views.directory, name="directory"),
    path("coordinators/duty/", views.duty, name="duty"),
    path("coordinators/mine/", views.own_card, name="own_card"),
    path("agency/", views.own_agency, name="own_agency"),
    path("audit/", audit_views.audit, name="audit"),
    path("exports/<uuid:code>/", exchange.done, name="export_file"),
    path("exports/<uuid:code>/file/", exchange.download, name="export_download"),
    path("exports/<uuid:code>/manifest/", exchange.manifest, name="export_manifest"),
]
