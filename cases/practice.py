"""Practice: every page under /practice/ is the page of the register itself, asked for rows that are in no
table before and after the request. The transaction in which they stand is always taken back (ADR 54)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve, reverse, set_script_prefix
from django.utils.translation import gettext as _

from accounts.access import Access
from accounts.transactions import SAFE, transaction_of
from cases.actions.practice import keep_practice, throw_away
from cases.models import Practice
from cases.practised_rows import Spoilt, put_in, read_out
from cases.sent_late import waits

PREFIX: Final = "/practice"
MOST: Final = 1_500_000  # characters of one practice: some hundred persons
# What is practised: to log a call, to open a case with persons, to complete them, and to find all that again.
# Nothing that is handed to somebody else, makes a file, or is asked of two.
PRACTISED: Final = frozenset({
    *(f"calls:{name}" for name in ("new", "saved", "list", "detail", "edit", "earlier")),
    *(f"cases:{name}" for name in (
        "new", "handed", "list", "persons", "find", "detail", "edit", "state", "suspects",
        "add_persons", "add_measures", "change_persons", "person", "edit_person", "status", "indicators",
        "add_identification", "edit_identification", "add_exploitation", "edit_exploitation",
        "add_measure", "edit_measure",
    )),
})  # fmt: skip
CASEWORK: Final = ("calls", "cases")
GetResponse = Callable[[HttpRequest], HttpResponse]


class PracticeMiddleware:
    """Around the transaction of the request: what is recorded further out, such as a refusal, stays."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        inner = path.removeprefix(PREFIX)
        if not path.startswith(f"{PREFIX}/") or _called(path) or not (match := _called(inner)):
            return self.get_response(request)
        if match.view_name not in PRACTISED:
            return _outside(request, match, inner)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if waits(request):  # what is sent is kept for its sender, further out
            request.path_info = inner
            return self.get_response(request)
        return self._practise(request, inner)

    def _practise(self, request: HttpRequest, inner: str) -> HttpResponse:
        access: Access = request.access  # type: ignore[attr-defined]
        own, home = replace(access, practising=True), reverse("practice:home")
        text = None
        with transaction_of(access):
            practice = Practice.objects.visible_to(access).first()
            if practice is None:
                return redirect(home)
            try:
                put_in(practice.body, by=own)
            except Spoilt:
                return _spoilt(request, practice, home)
            with _as_practice(request, own, inner, home):
                response = self.get_response(request)
                if request.method not in SAFE and response.status_code < 400:
                    text = read_out(own)
            transaction.set_rollback(True)
        if text is None or text == practice.body:
            return response
        if len(text) > MOST:
            messages.warning(
                request, _("The practice is full: this was not kept. Throw it away and begin anew.")
            )
            return redirect(home)
        with transaction_of(access):
            keep_practice(practice=practice, text=text, by=access)
        return response


def _called(path: str) -> ResolverMatch | None:
    """What the register has at this address."""
    try:
        return resolve(path)
    except Resolver404:
        return None


@contextmanager
def _as_practice(request: HttpRequest, own: Access, inner: str, home: str) -> Iterator[None]:
    """Every address that a page is made with begins with /practice/, and every row asked for is of the
    practice."""
    access, path, prefix = request.access, request.path_info, get_script_prefix()  # type: ignore[attr-defined]
    request.access, request.path_info, request.practice_home = own, inner, home  # type: ignore[attr-defined]
    set_script_prefix(f"{PREFIX}/")
    try:
        yield
    finally:
        set_script_prefix(prefix)
        request.access, request.path_info = access, path  # type: ignore[attr-defined]


def _outside(request: HttpRequest, match: ResolverMatch, inner: str) -> HttpResponse:
    """What is not practised: pages that name no row, and whatever is no casework, are the register's own; of
    casework nothing is done."""
    if match.app_name == "drafts":  # what is practised is no draft either
        return JsonResponse({"refused": [], "text": ""})
    reads = request.method in SAFE
    if match.app_name in CASEWORK and not (reads and "code" not in match.kwargs):
        messages.info(request, _("This cannot be practised. Nothing was done."))
        return redirect("practice:home")
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{inner}?{query}" if query else inner, preserve_request=not reads)


def _spoilt(request: HttpRequest, practice: Practice, home: str) -> HttpResponse:
    throw_away(practice=practice, by=request.access)  # type: ignore[attr-defined]
    messages.warning(request, _("What you had practised could not be opened any more and is thrown away."))
    return redirect(home)
