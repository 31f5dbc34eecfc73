from django.urls import path

from exchange.years import YEAR
from lifecycle import differences, month_views, views

app_name = "lifecycle"
urlpatterns = [
    path("export/everything/", views.ask_for_export, name="ask_export"),
    path("taking-over/differences/", differences.differences, name="differences"),
    path("taking-over/differences/report.pdf", differences.differences_pdf, name="differences_pdf"),
    path("taking-over/differences/report.xlsx", differences.differences_xlsx, name="differences_xlsx"),
    path(f"taking-over/differences/{YEAR}/<str:place>/", differences.difference, name="difference"),
    path(
        "taking-over/differences/answers/<uuid:code>/take-back/",
        differences.take_answer_back,
        name="take_answer_back",
    ),
    path("taking-over/months/", month_views.months, name="months"),
    path("taking-over/months/<uuid:code>/", month_views.month, name="month"),
]
