from django.urls import path

from exchange.years import YEAR
from legacy_import import difference_views, views

app_name = "legacy_import"
urlpatterns = [
    path("taking-over/differences/", difference_views.differences, name="differences"),
    path("taking-over/differences/report.pdf", difference_views.differences_pdf, name="differences_pdf"),
    path("taking-over/differences/report.xlsx", difference_views.differences_xlsx, name="differences_xlsx"),
    path(f"taking-over/differences/{YEAR}/<str:region>/", difference_views.difference, name="difference"),
    path(
        "taking-over/differences/answers/<uuid:code>/take-back/",
        difference_views.take_answer_back,
        name="take_answer_back",
    ),
    path("taking-over/", views.take_overs, name="take_overs"),
    path("taking-over/<uuid:code>/", views.take_over, name="take_over"),
    path("taking-over/<uuid:code>/questions/", views.take_over_questions, name="take_over_questions"),
    path("taking-over/<uuid:code>/count/", views.take_over_control, name="take_over_control"),
    path("taking-over/<uuid:code>/compared/", views.take_over_compared, name="take_over_compared"),
    path("taking-over/<uuid:code>/result/", views.take_over_result, name="take_over_result"),
    path("taking-over/<uuid:code>/ask/", views.ask_take_over, name="ask_take_over"),
    path("taking-over/<uuid:code>/take/", views.take_in_sheets, name="take_in_sheets"),
    path("taking-over/<uuid:code>/undo/", views.undo_take_over, name="undo_take_over"),
    path("taking-over/<uuid:code>/undo/<uuid:sheet>/", views.undo_take_over, name="undo_sheet"),
    path("taking-over/<uuid:code>/discard/", views.discard_take_over, name="discard_take_over"),
]
