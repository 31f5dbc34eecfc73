"""Addresses of calls. What stands in them is random, or how a list is filtered: never a fact."""

from django.urls import path

from cases.views import (
    call,
    files,
    notification,
    sharing,
)

app_name = "calls"
CALL = "<uuid:code>/"

urlpatterns = [
    path("", call.call_list, name="list"),
    path("new/", call.new, name="new"),
    path("export/", files.calls, name="export"),
    path("earlier/", call.earlier, name="earlier"),
    path(CALL, call.detail, name="detail"),
    path(f"{CALL}saved/", call.saved, name="saved"),
    path(f"{CALL}edit/", call.edit, name="edit"),
    path(f"{CALL}followed-up/", call.follow_up_done, name="follow_up_done"),
    path(f"{CALL}take-over/", sharing.take_over_call, name="take_over"),
    path(f"{CALL}messages/", notification.of_call, name="messages"),
    path(f"{CALL}history/", call.history, name="history"),
]
