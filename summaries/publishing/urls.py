from __future__ import annotations

from django.urls import path

from summaries.publishing import decisions, views

urlpatterns = [
    path("publications/", views.publications, name="publications"),
    path("publications/<int:year>/", views.publication, name="publication"),
    path("publications/<int:year>/protect/", decisions.protect, name="publication_protect"),
    path("publications/<int:year>/steps/", decisions.steps, name="publication_steps"),
    path("publications/<int:year>/text/", decisions.text, name="publication_text"),
    path("publications/<int:year>/exemption/", decisions.exemption, name="publication_exemption"),
    path("publications/exemptions/<int:number>/", decisions.answer, name="publication_exemption_answer"),
    path("publications/<int:year>/freeze/", decisions.freeze, name="publication_freeze"),
    path("publications/<int:year>/v<int:version>/withdraw/", decisions.withdraw, name="publication_withdraw"),
]
