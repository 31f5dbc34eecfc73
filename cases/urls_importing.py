"""Addresses of the import of persons, below those of cases."""

from __future__ import annotations

from django.urls import path

from cases.views import importing

urlpatterns = [
    path("import/", importing.upload, name="import"),
    path("import/template/", importing.template, name="import_template"),
    path("import/done/<uuid:code>/", importing.run, name="import_run"),
    path("import/done/<uuid:code>/undo/", importing.undo, name="import_undo"),
    path("import/<uuid:code>/", importing.preview, name="import_preview"),
    path("import/<uuid:code>/failed/", importing.failed, name="import_failed"),
    path("import/<uuid:code>/confirm/", importing.confirm, name="import_confirm"),
]
