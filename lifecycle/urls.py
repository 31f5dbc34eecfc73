from django.urls import path

from lifecycle import views

app_name = "lifecycle"
urlpatterns = [path("export/everything/", views.ask_for_export, name="ask_export")]
