"""Addresses of calls, casework and drafts. What stands in them is random, or how a list is filtered: never a
number, never a fact."""

from django.urls import URLPattern, include, path

from cases.importing.importer import PAGES
from cases.views import (
    call,
    case,
    duplicate,
    files,
    many,
    misregistration,
    notification,
    parts,
    person,
    personal,
    several,
    sharing,
    years,
)
from exchange.years import YEAR

CALL = CASE = "<uuid:code>/"
PERSON = "persons/<uuid:code>/"


def _of_parts(part: parts.PersonPart, name: str) -> list[URLPattern]:
    """Return the addresses of one kind of what belongs to a person."""
    of_kind = f"{PERSON}{name}s/"
    return [
        path(f"{of_kind}add/", parts.add, {"part": part}, f"add_{name}"),
        path(f"{of_kind}<int:pk>/", parts.edit, {"part": part}, f"edit_{name}"),
        path(f"{of_kind}<int:pk>/mistake/", misregistration.part, {"part": part}, f"{name}_mistake"),
    ]


calls = [
    path("", call.call_list, name="list"),
    path("new/", call.new, name="new"),
    path("export/", files.calls, name="export"),
    path("earlier/", call.earlier, name="earlier"),
    path(CALL, call.detail, name="detail"),
    path(f"{CALL}saved/", call.saved, name="saved"),
    path(f"{CALL}edit/", call.edit, name="edit"),
    path(f"{CALL}followed-up/", call.follow_up_done, name="follow_up_done"),
    path(f"{CALL}take-over/", sharing.take_over_call, name="take_over"),
    path(f"{CALL}give-back/", sharing.give_back_call, name="give_back"),
    path(f"{CALL}messages/", notification.of_call, name="messages"),
    path(f"{CALL}history/", call.history, name="history"),
]
cases = [
    *PAGES.urls(),
    path("import/codes/", files.import_codes, name="import_codes"),
    path("export/", files.export, name="export"),
    path("export/htcds/", files.htcds, name="export_htcds"),
    path("export/htcds/report/", files.htcds_report, name="export_htcds_report"),
    path("", case.case_list, name="list"),
    path("persons/", person.person_list, name="persons"),
    path("find/", case.find, name="find"),
    path("new/", many.register, name="new"),
    path("late/<uuid:code>/", personal.sent_late, name="sent_late"),
    path("late/<uuid:code>/discard/", personal.discard_sent_late, name="discard_late"),
    path("several/", several.preview, name="several"),
    path("several/persons/", several.change_persons, name="change_persons"),
    path("years/taken-over/", years.imported_years, name="taken_over_years"),
    path(f"years/{YEAR}/<str:region>/", years.year_of_region, name="year"),
    path("mistakes/", misregistration.mistakes, name="mistakes"),
    path("mistakes/<uuid:code>/", misregistration.mistake, name="mistake"),
    path("mistakes/<uuid:code>/put-back/", misregistration.back, name="put_back"),
    path(f"{CASE}handed/", case.handed, name="handed"),
    path(CASE, case.detail, name="detail"),
    path(f"{CASE}edit/", case.edit, name="edit"),
    path(f"{CASE}state/", case.close, name="state"),
    path(f"{CASE}suspects/", case.suspects, name="suspects"),
    path(f"{CASE}take-over/", sharing.take_over_case, name="take_over"),
    path(f"{CASE}remind/", personal.remind, name="remind"),
    path("reminders/", personal.reminders, name="reminders"),
    path("reminders/<uuid:code>/done/", personal.finish, name="finish_reminder"),
    path("calendar/<str:key>.ics", personal.feed, name="calendar"),
    path("calendar/new/", personal.new_calendar, name="new_calendar"),
    path("calendar/end/", personal.end_calendar, name="end_calendar"),
    path("ending/", personal.what_ends, name="ending"),
    path(f"{CASE}history/", case.history, name="history"),
    path(f"{CASE}extract/", files.page, name="extract"),
    path(f"{CASE}extract.pdf", files.pdf, name="extract_pdf"),
    path("extract/", files.find, name="find_extract"),
    path(f"{CASE}mistake/", misregistration.case, name="case_mistake"),
    path(f"{CASE}undo/", misregistration.undo, name="undo_registration"),
    path(f"{PERSON}mistake/", misregistration.person, name="person_mistake"),
    *_of_parts(parts.IDENTIFICATION, "identification"),
    *_of_parts(parts.EXPLOITATION, "exploitation"),
    *_of_parts(parts.MEASURE, "measure"),
    path(f"{CASE}persons/add/", many.add_persons, name="add_persons"),
    path(f"{CASE}measures/add/", parts.add_measures, name="add_measures"),
    path(PERSON, person.detail, name="person"),
    path(f"{PERSON}edit/", person.edit, name="edit_person"),
    path(f"{PERSON}status/", person.status, name="status"),
    path(f"{PERSON}indicators/", person.indicators, name="indicators"),
    path(f"{PERSON}transfer/", sharing.ask_for_transfer, name="ask_transfer"),
    path(f"{PERSON}measures/<int:pk>/ended/", personal.deal_with, name="deal_with_end"),
    path("transfers/<uuid:code>/", sharing.answer_transfer_request, name="transfer"),
    path("transfers/<uuid:code>/withdraw/", sharing.withdraw_asked_transfer, name="withdraw_transfer"),
    path("duplicates/", duplicate.duplicates, name="duplicates"),
    path("duplicates/taken-over/", duplicate.imported_duplicates, name="taken_over_duplicates"),
    path("duplicates/<uuid:code>/", duplicate.duplicate, name="duplicate"),
    path("duplicates/<uuid:code>/ask/", duplicate.ask, name="ask_duplicate"),
    path("notify/", notification.notify, name="notify"),
    path("notifications/", notification.notifications, name="notifications"),
    path("notifications/<uuid:code>/", notification.notification, name="notification"),
    path("notifications/<uuid:code>/state/", notification.move_notification, name="move_notification"),
    path("notifications/<uuid:code>/take/", notification.take_notification, name="take_notification"),
    path("notifications/<uuid:code>/messages/", notification.of_notification, name="notification_messages"),
    path("transfers/<uuid:code>/messages/", notification.of_transfer, name="transfer_messages"),
    path("messages/<uuid:code>/read/", notification.read, name="read_message"),
    path("access/", sharing.ask_for_access, name="ask_access"),
    path("access/<uuid:code>/", sharing.answer_access_request, name="grant"),
    path("access/<uuid:code>/end/", sharing.end, name="end_access"),
    path("access/<uuid:code>/withdraw/", sharing.withdraw_asked_access, name="withdraw_access"),
]
drafts = [
    path("<slug:kind>/", personal.offer, name="offer"),
    path("<slug:kind>/<uuid:subject>/", personal.save, name="save"),
    path("<slug:kind>/<uuid:subject>/discard/", personal.discard, name="discard"),
]
urlpatterns = [
    path("calls/", include((calls, "calls"))),
    path("cases/", include((cases, "cases"))),
    path("drafts/", include((drafts, "drafts"))),
]
