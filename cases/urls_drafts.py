from django.urls import path

from cases.views import personal

app_name = "drafts"
urlpatterns = [
    path("<slug:kind>/", personal.offer, name="offer"),
    path("<slug:kind>/<uuid:subject>/", personal.save, name="save"),
    path("<slug:kind>/<uuid:subject>/discard/", personal.discard, name="discard"),
]
