from django.urls import path

from desk import views

app_name = "desk"
urlpatterns = [
    path("", views.my_page, name="my_page"),
    path("waiting/", views.number, name="number"),
    path("waiting/<slug:key>/", views.waiting, name="waiting"),
    path("since/<slug:key>/", views.since, name="since"),
    path("line-notes/new/", views.write_line_note, name="line_note"),
    path("line-notes/<uuid:code>/end/", views.end_line_note, name="end_line_note"),
    path("years/<str:region>/confirm/", views.confirm, name="confirm"),
]
