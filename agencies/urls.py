from django.urls import path

from agencies import views

app_name = "agencies"
urlpatterns = [
    path("coordinators/", views.directory, name="directory"),
    path("coordinators/duty/", views.duty, name="duty"),
    path("coordinators/mine/", views.own_card, name="own_card"),
    path("agency/", views.own_agency, name="own_agency"),
]
