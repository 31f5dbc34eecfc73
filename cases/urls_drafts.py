from django.urls import path

from cases.views import draft

app_name = "drafts"
urlpatterns = [
    path("<slug:kind>/", draft.offer, name="offer"),
    path("<slug:kind>/<uuid:subject>/", draft.save, name="save"),
    path("<slug:kind>/<uuid:subject>/discard/", draft.discard, name="discard"),
]
