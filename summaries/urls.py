"""Addresses of the yearly summary, its publication and the public pages.

What stands in an address is a year and a table, never a choice of persons. Public addresses never change, and
`?lang=en` is the same page in English.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from exchange.years import YEAR
from summaries import own_table_views, views
from summaries.estimates import views as estimate_views
from summaries.release import approval_views, questionnaires, views as release_views
from summaries.site import feeds, views as pages

VERSION = f"{YEAR}/v<int:version>"
estimates = [
    path("dark-figure/", estimate_views.dark_figure, name="dark_figure"),
    path("dark-figure/<int:pk>/", estimate_views.estimate, name="estimate"),
]
of_a_year = [
    path("", release_views.publication, name="publication"),
    path("protect/", release_views.protect, name="publication_protect"),
    path("steps/", release_views.steps, name="publication_steps"),
    path("suggest/", release_views.suggest, name="publication_suggest"),
    path("answers.xlsx", questionnaires.answers, name="publication_answers"),
    path("text/", release_views.text, name="publication_text"),
    path("exemption/", release_views.exemption, name="publication_exemption"),
    path("announce/", approval_views.announce, name="publication_announce"),
    path("announce/cancel/", approval_views.cancel, name="publication_cancel"),
    path("freeze/", approval_views.freeze, name="publication_freeze"),
    path("v<int:version>/withdraw/", approval_views.withdraw_version, name="publication_withdraw"),
    path("v<int:version>/call-off/", approval_views.call_off, name="publication_call_off"),
    path("recall/", approval_views.recall, name="publication_recall"),
]
publications: list[URLPattern | URLResolver] = [
    path("publications/", release_views.publications, name="publications"),
    path(f"publications/{YEAR}/", include(of_a_year)),
    path(
        "publications/exemptions/<int:number>/effect/",
        release_views.effect,
        name="publication_exemption_effect",
    ),
    path("publications/exemptions/<int:number>/", release_views.answer, name="publication_exemption_answer"),
    path("publications/questions/<uuid:code>/", approval_views.question, name="publication_question"),
    path("publications/questions/<uuid:code>/back/", approval_views.take_back, name="publication_take_back"),
]
tables = [
    path("", views.start, name="start"),
    path("about/", views.about, name="about"),
    path("own/", own_table_views.own, name="own"),
    path("own.csv", own_table_views.own_csv, name="own_csv"),
    path("own.xlsx", own_table_views.own_xlsx, name="own_xlsx"),
    path("comparison/", views.comparison_page, name="comparison"),
    path("comparison.csv", views.comparison_csv, name="comparison_csv"),
    path("comparison/<slug:name>/", views.ten_years_page, name="ten_years"),
    path(f"{YEAR}/", views.year_page, name="year"),
    path(f"{YEAR}/quality/", views.quality_page, name="quality"),
    path(f"{YEAR}/tables.csv", views.year_csv, name="year_csv"),
    path(f"{YEAR}/tables.json", views.year_json, name="year_json"),
    path(f"{YEAR}/<slug:name>.csv", views.table_csv, name="table_csv"),
    path(f"{YEAR}/<slug:name>/", views.table_page, name="table"),
]
public = [
    path("", pages.start, name="start"),
    path("alla-ar.csv", feeds.all_years_csv, name="all_years_csv"),
    path("alla-ar-semikolon.csv", feeds.all_years_csv, {"mark": "-semikolon"}, name="all_years_semicolon"),
    path("alla-ar.json", feeds.all_years_json, name="all_years_json"),
    path("dcat.rdf", feeds.catalogue, name="catalogue"),
    path("atom.xml", feeds.feed, name="feed"),
    path("om/", pages.about, name="about"),
    path("serier/", pages.series, name="series"),
    path(f"{YEAR}/", pages.year_page, name="year"),
    path(f"{YEAR}/internationellt/", pages.international, name="international"),
    path(f"{YEAR}/kvalitet/", pages.quality, name="quality"),
    path(f"{VERSION}/", pages.year_page, name="version"),
    path(f"{VERSION}/internationellt/", pages.international, name="version_international"),
    path(f"{VERSION}/kvalitet/", pages.quality, name="version_quality"),
    path(f"{YEAR}/andringar/", pages.changes, name="changes"),
    path(f"{YEAR}/status.json", pages.status, name="status"),
    path(f"{YEAR}/<slug:name>/", pages.table, name="table"),
    path(f"{VERSION}/<slug:name>/", pages.table, name="version_table"),
    path(f"{YEAR}/<slug:name>.svg", pages.chart, name="chart"),
    path(f"{VERSION}/<slug:name>.svg", pages.chart, name="version_chart"),
    path(f"{VERSION}/<str:name>", pages.file, name="version_file"),
    path(f"{YEAR}/<str:name>", pages.file, name="file"),
]
urlpatterns = [
    path("summaries/", include(([*estimates, *publications, *tables], "summaries"))),
    path("statistik/", include((public, "public"))),
]
