"""Addresses of casework. What stands in them is random: no number, no fact."""

from django.urls import path

from cases.importing.importer import PAGES
from cases.views import (
    calendar,
    case,
    duplicate,
    exporting,
    extract,
    grant,
    handing,
    many,
    many_cases,
    message,
    notification,
    parts,
    person,
    reminder,
    sent_late,
    several,
    transfer,
    years,
)
from exchange.years import YEAR

app_name = "cases"
CASE = "<uuid:code>/"
PERSON = "persons/<uuid:code>/"
IDENTIFICATION, EXPLOITATION, MEASURE = (
    {"part": part} for part in (parts.IDENTIFICATION, parts.EXPLOITATION, parts.MEASURE)
)

urlpatterns = [
    *PAGES.urls(),
    path("export/", exporting.export, name="export"),
    path("export/htcds/", exporting.htcds, name="export_htcds"),
    path("export/htcds/report/", exporting.htcds_report, name="export_htcds_report"),
    path("", case.case_list, name="list"),
    path("find/", case.find, name="find"),
    path("new/", many.register, name="new"),
    path("late/<uuid:code>/", sent_late.sent_late, name="sent_late"),
    path("late/<uuid:code>/discard/", sent_late.discard, name="discard_late"),
    path("several/", many_cases.preview, name="several"),
    path("several/persons/", several.change_persons, name="change_persons"),
    path(f"years/{YEAR}/<str:region>/", years.year_of_region, name="year"),
    path(CASE, case.detail, name="detail"),
    path(f"{CASE}edit/", case.edit, name="edit"),
    path(f"{CASE}state/", case.close, name="state"),
    path(f"{CASE}suspects/", case.suspects, name="suspects"),
    path(f"{CASE}take-over/", handing.take_over_case, name="take_over"),
    path(f"{CASE}remind/", reminder.remind, name="remind"),
    path("reminders/", reminder.reminders, name="reminders"),
    path("reminders/<uuid:code>/done/", reminder.finish, name="finish_reminder"),
    path("calendar/<str:key>.ics", calendar.feed, name="calendar"),
    path("calendar/new/", calendar.new_calendar, name="new_calendar"),
    path("calendar/end/", calendar.end_calendar, name="end_calendar"),
    path("ending/", reminder.what_ends, name="ending"),
    path(f"{CASE}history/", case.history, name="history"),
    path(f"{CASE}extract/", extract.page, name="extract"),
    path(f"{CASE}extract.pdf", extract.pdf, name="extract_pdf"),
    path("extract/", extract.find, name="find_extract"),
    path(f"{CASE}persons/add/", many.add_persons, name="add_persons"),
    path(f"{CASE}measures/add/", parts.add_measures, name="add_measures"),
    path(PERSON, person.detail, name="person"),
    path(f"{PERSON}edit/", person.edit, name="edit_person"),
    path(f"{PERSON}status/", person.status, name="status"),
    path(f"{PERSON}indicators/", person.indicators, name="indicators"),
    path(f"{PERSON}transfer/", transfer.ask, name="ask_transfer"),
    path(f"{PERSON}identifications/add/", parts.add, IDENTIFICATION, "add_identification"),
    path(f"{PERSON}identifications/<int:pk>/", parts.edit, IDENTIFICATION, "edit_identification"),
    path(f"{PERSON}exploitations/add/", parts.add, EXPLOITATION, "add_exploitation"),
    path(f"{PERSON}exploitations/<int:pk>/", parts.edit, EXPLOITATION, "edit_exploitation"),
    path(f"{PERSON}measures/add/", parts.add, MEASURE, "add_measure"),
    path(f"{PERSON}measures/<int:pk>/", parts.edit, MEASURE, "edit_measure"),
    path(f"{PERSON}measures/<int:pk>/ended/", reminder.deal_with, name="deal_with_end"),
    path("transfers/<uuid:code>/", transfer.answer, name="transfer"),
    path("transfers/<uuid:code>/withdraw/", handing.withdraw_asked_transfer, name="withdraw_transfer"),
    path("duplicates/", duplicate.duplicates, name="duplicates"),
    path("duplicates/<uuid:code>/", duplicate.duplicate, name="duplicate"),
    path("duplicates/<uuid:code>/ask/", duplicate.ask, name="ask_duplicate"),
    path("notify/", notification.notify, name="notify"),
    path("notifications/", notification.notifications, name="notifications"),
    path("notifications/<uuid:code>/", notification.notification, name="notification"),
    path("notifications/<uuid:code>/state/", notification.move_notification, name="move_notification"),
    path("notifications/<uuid:code>/take/", notification.take_notification, name="take_notification"),
    path("notifications/<uuid:code>/messages/", message.of_notification, name="notification_messages"),
    path("transfers/<uuid:code>/messages/", message.of_transfer, name="transfer_messages"),
    path("messages/<uuid:code>/read/", message.read, name="read_message"),
    path("access/", grant.ask, name="ask_access"),
    path("access/<uuid:code>/", grant.answer, name="grant"),
    path("access/<uuid:code>/withdraw/", handing.withdraw_asked_access, name="withdraw_access"),
]
