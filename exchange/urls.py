from django.urls import path

from exchange import views

app_name = "exchange"
urlpatterns = [
    path("exports/<uuid:code>/", views.done, name="export_file"),
    path("exports/<uuid:code>/file/", views.download, name="export_download"),
    path("exports/<uuid:code>/manifest/", views.manifest, name="export_manifest"),
]
