from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("", views.my_page, name="my_page"),
    path("waiting/", views.number, name="number"),
    path("waiting/<slug:key>/", views.waiting, name="waiting"),
    path("first-day/over/", views.first_day_over, name="first_day_over"),
    path("since/<slug:key>/", views.since, name="since"),
    path("help/codes/<slug:name>/", views.code_list, name="code_list"),
    path("help/guide/<slug:chapter>/", views.guide, name="guide"),
    path("help/how-to/<slug:key>/", views.how_to, name="how_to"),
    path("help/keys/", views.keys, name="keys"),
    path("line-notes/new/", views.write_line_note, name="line_note"),
    path("line-notes/<uuid:code>/end/", views.end_line_note, name="end_line_note"),
    path("years/<str:region>/confirm/", views.confirm, name="confirm"),
]
