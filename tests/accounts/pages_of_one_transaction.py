"""Addresses beside the register's own, whose pages do what no page of it should."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import include, path

from accounts.models import User
from accounts.transactions import own_transactions

handler403, handler404, handler500 = (
    f"nmt_site.views.{name}" for name in ("permission_denied", "not_found", "server_error")
)
seen: list[Any] = []  # what `watch` has answered: in the view, in the rendering, in the stream
watch: list[Callable[[], Any]] = []


def look() -> str:
    seen.append(watch[0]())
    return ""


def page(request: HttpRequest) -> TemplateResponse:
    look()
    return rendered(request, look)


def rendered(request: HttpRequest, act: Callable[[], object]) -> TemplateResponse:
    return TemplateResponse(request, engines["django"].from_string("{{ act }}"), {"act": act})


def write(request: HttpRequest) -> None:
    """As somebody of another name, who has been told of it, and has it in the session."""
    User.objects.filter(pk=request.user.pk).update(name="Other")
    request.session["other"] = True
    messages.success(request, "It is saved.")


def saves(request: HttpRequest) -> HttpResponse:
    write(request)
    return HttpResponse("saved")


def refuses(request: HttpRequest) -> HttpResponse:
    write(request)
    raise PermissionDenied


def fails(request: HttpRequest) -> HttpResponse:
    write(request)
    raise ZeroDivisionError


def fails_to_show(request: HttpRequest) -> HttpResponse:
    write(request)
    return rendered(request, lambda: 1 / 0)


def passes_over(request: HttpRequest) -> HttpResponse:
    """Nothing can be saved in the transaction any more, and the page says that all is well."""
    write(request)
    try:
        User.objects.create(email=request.user.email.upper(), name="Twice", role=request.user.role)
    except IntegrityError:
        return HttpResponse("saved")
    raise AssertionError


def streams(request: HttpRequest) -> StreamingHttpResponse:
    def pieces() -> Iterator[bytes]:
        look()
        yield b"piece"

    return StreamingHttpResponse(pieces())


@own_transactions
def alone(request: HttpRequest) -> HttpResponse:
    look()
    return HttpResponse("alone")


def in_a_transaction() -> bool:
    return bool(connection.in_atomic_block)


urlpatterns = [
    *(
        path(f"try/{view.__name__}/", view)
        for view in (page, saves, refuses, fails, fails_to_show, passes_over, streams, alone)
    ),
    path("", include("nmt_site.urls")),
]
