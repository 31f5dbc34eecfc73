from __future__ import annotations

from django.urls import path

from exchange.years import YEAR
from summaries.release import approval_views, questionnaires, views

urlpatterns = [
    path("publications/", views.publications, name="publications"),
    path(f"publications/{YEAR}/", views.publication, name="publication"),
    path(f"publications/{YEAR}/protect/", views.protect, name="publication_protect"),
    path(f"publications/{YEAR}/correction/", views.correction, name="publication_correction"),
    path(f"publications/{YEAR}/steps/", views.steps, name="publication_steps"),
    path(f"publications/{YEAR}/suggest/", views.suggest, name="publication_suggest"),
    path(f"publications/{YEAR}/answers.xlsx", questionnaires.answers, name="publication_answers"),
    path(f"publications/{YEAR}/text/", views.text, name="publication_text"),
    path(f"publications/{YEAR}/exemption/", views.exemption, name="publication_exemption"),
    path(
        "publications/exemptions/<int:number>/effect/",
        views.effect,
        name="publication_exemption_effect",
    ),
    path("publications/exemptions/<int:number>/", views.answer, name="publication_exemption_answer"),
    path(f"publications/{YEAR}/announce/", approval_views.announce, name="publication_announce"),
    path(f"publications/{YEAR}/announce/cancel/", approval_views.cancel, name="publication_cancel"),
    path(f"publications/{YEAR}/freeze/", approval_views.freeze, name="publication_freeze"),
    path(
        f"publications/{YEAR}/v<int:version>/withdraw/",
        approval_views.withdraw_version,
        name="publication_withdraw",
    ),
    path(
        f"publications/{YEAR}/v<int:version>/call-off/", approval_views.call_off, name="publication_call_off"
    ),
    path(f"publications/{YEAR}/recall/", approval_views.recall, name="publication_recall"),
    path("publications/questions/<uuid:code>/", approval_views.question, name="publication_question"),
    path("publications/questions/<uuid:code>/back/", approval_views.take_back, name="publication_take_back"),
]
