from __future__ import annotations

from django.urls import path

from exchange.years import YEAR
from summaries.publishing import decisions, views

urlpatterns = [
    path("publications/", views.publications, name="publications"),
    path(f"publications/{YEAR}/", views.publication, name="publication"),
    path(f"publications/{YEAR}/protect/", decisions.protect, name="publication_protect"),
    path(f"publications/{YEAR}/correction/", decisions.correction, name="publication_correction"),
    path(f"publications/{YEAR}/steps/", decisions.steps, name="publication_steps"),
    path(f"publications/{YEAR}/suggest/", decisions.suggest, name="publication_suggest"),
    path(f"publications/{YEAR}/text/", decisions.text, name="publication_text"),
    path(f"publications/{YEAR}/exemption/", decisions.exemption, name="publication_exemption"),
    path("publications/exemptions/<int:number>/", decisions.answer, name="publication_exemption_answer"),
    path(f"publications/{YEAR}/freeze/", decisions.freeze, name="publication_freeze"),
    path(f"publications/{YEAR}/v<int:version>/withdraw/", decisions.withdraw, name="publication_withdraw"),
]
