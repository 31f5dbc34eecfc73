"""A file that was made: what is in it, the file, and the manifest beside it."""

from __future__ import annotations

import base64
from functools import partial
from uuid import UUID

from django.apps import apps
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.middleware import AuthenticatedRequest
from accounts.transactions import again_if_undone
from audit.writer import record
from exchange import outgoing
from exchange.files import attached
from exchange.models import ExportFile
from exchange.writing import TYPES, json_text


def _file(request: AuthenticatedRequest, code: UUID) -> ExportFile:
    outgoing.purge(request.access.at)
    again_if_undone(partial(outgoing.purge, request.access.at))  # also where what was asked for is gone by it
    found: ExportFile = get_object_or_404(
        ExportFile.objects.visible_to(request.access).exclude(manifest={}), code=code
    )
    outgoing.require_export(found.of, request.access)
    return found


@never_cache
@require_safe
def done(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    file = _file(request, code)
    title, rows = _("The file is ready"), apps.get_model(file.of)._meta.verbose_name_plural
    crumbs = [(capfirst(str(rows)), file.page), (title, "")]
    context = {"file": file, "manifest": file.manifest, "title": title, "breadcrumbs": crumbs}
    return render(request, "exchange/export_file.html", context)


@never_cache
@require_safe
def download(request: AuthenticatedRequest, code: UUID) -> StreamingHttpResponse:
    file = _file(request, code)
    digest = str(file.manifest["sha256"])
    record(request.access, "export.download", file, rows=file.manifest["rows"], digest=digest)
    response = StreamingHttpResponse(outgoing.content(file, request.access), content_type=TYPES[file.form])
    response["Content-Disposition"] = f'attachment; filename="{outgoing.name(file)}"'
    response["Content-Length"] = file.manifest["bytes"]  # a broken download is seen
    response["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
    return response


@never_cache
@require_safe
def manifest(request: AuthenticatedRequest, code: UUID) -> HttpResponse:
    file = _file(request, code)
    text = json_text(outgoing.manifest_of(file))
    return attached(text.encode(), f"{outgoing.name(file)}.manifest.json", "json")
