from django.urls import path

from desk import views

app_name = "desk"
urlpatterns = [
    path("", views.my_page, name="my_page"),
    path("years/<str:region>/confirm/", views.confirm, name="confirm"),
]
