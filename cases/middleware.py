"""What casework keeps of a request: who was refused what, and what was sent too late."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.access import AccessMiddleware
from cases.access_log import record_refusal
from cases.drafts import forget_if_done, keep_if_late


class CaseworkMiddleware(AccessMiddleware):
    """Inside the check that what is sent comes from a page of ours, outside the end of the session, the terms
    and the transaction."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = super().__call__(request)
        forget_if_done(request, response)
        record_refusal(request, response)
        return response

    def process_view(self, request: HttpRequest, _view: object, *_called: Any) -> None:
        keep_if_late(request)
