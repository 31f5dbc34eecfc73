from django.urls import path

from exchange.years import YEAR
from lifecycle import (
    differences,
    disposal_views,
    month_views,
    taking_pages,
)
from lifecycle import (
    disposal_views as views,
)

app_name = "lifecycle"
urlpatterns = [
    path("export/everything/", views.ask_for_export, name="ask_export"),
    path("disposal/", disposal_views.disposals, name="disposals"),
    path("disposal/propose/<slug:kind>/", disposal_views.propose_disposal, name="propose_disposal"),
    path("disposal/<uuid:code>/", disposal_views.disposal, name="disposal"),
    path("disposal/<uuid:code>/carry-out/", disposal_views.carry_out_disposal, name="carry_out_disposal"),
    path("taking-over/differences/", differences.differences, name="differences"),
    path("taking-over/differences/report.pdf", differences.differences_pdf, name="differences_pdf"),
    path("taking-over/differences/report.xlsx", differences.differences_xlsx, name="differences_xlsx"),
    path(f"taking-over/differences/{YEAR}/<str:region>/", differences.difference, name="difference"),
    path(
        "taking-over/differences/answers/<uuid:code>/take-back/",
        differences.take_answer_back,
        name="take_answer_back",
    ),
    path("taking-over/months/", month_views.months, name="months"),
    path("taking-over/months/<uuid:code>/", month_views.month, name="month"),
    # --- spreadsheets that are taken over
    path("taking-over/", taking_pages.take_overs, name="take_overs"),
    path("taking-over/<uuid:code>/", taking_pages.take_over, name="take_over"),
    path("taking-over/<uuid:code>/questions/", taking_pages.take_over_questions, name="take_over_questions"),
    path("taking-over/<uuid:code>/compared/", taking_pages.take_over_compared, name="take_over_compared"),
    path("taking-over/<uuid:code>/result/", taking_pages.take_over_result, name="take_over_result"),
    path("taking-over/<uuid:code>/ask/", taking_pages.ask_take_over, name="ask_take_over"),
    path("taking-over/<uuid:code>/take/", taking_pages.take_in_sheets, name="take_in_sheets"),
    path("taking-over/<uuid:code>/undo/", taking_pages.undo_take_over, name="undo_take_over"),
    path("taking-over/<uuid:code>/undo/<uuid:sheet>/", taking_pages.undo_take_over, name="undo_sheet"),
    path("taking-over/<uuid:code>/discard/", taking_pages.discard_take_over, name="discard_take_over"),
]
