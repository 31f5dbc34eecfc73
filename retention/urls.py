from django.urls import path

from retention import views

app_name = "retention"
urlpatterns = [
    path("export/everything/", views.ask_for_export, name="ask_export"),
    path("disposal/", views.disposals, name="disposals"),
    path("disposal/propose/<slug:kind>/", views.propose_disposal, name="propose_disposal"),
    path("disposal/<uuid:code>/", views.disposal, name="disposal"),
    path("disposal/<uuid:code>/carry-out/", views.carry_out_disposal, name="carry_out_disposal"),
]
