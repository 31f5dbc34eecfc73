from django.urls import path

from home import views
from home import views as help_pages

app_name = "home"
urlpatterns = [
    path("", views.my_page, name="my_page"),
    path("waiting/", views.number, name="number"),
    path("waiting/<slug:key>/", views.waiting, name="waiting"),
    path("first-day/over/", views.first_day_over, name="first_day_over"),
    path("since/<slug:key>/", views.since, name="since"),
    path("help/codes/<slug:name>/", help_pages.code_list, name="code_list"),
    path("help/guide/<slug:chapter>/", help_pages.guide, name="guide"),
    path("help/how-to/<slug:key>/", help_pages.how_to, name="how_to"),
    path("help/keys/", help_pages.keys, name="keys"),
    path("line-notes/new/", views.write_line_note, name="line_note"),
    path("line-notes/<uuid:code>/end/", views.end_line_note, name="end_line_note"),
    path("years/<str:region>/confirm/", views.confirm, name="confirm"),
]
