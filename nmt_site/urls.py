"""Every address of the register. Sign-in is the default; public pages say so themselves."""

from django.contrib import admin
from django.urls import include, path, re_path

from nmt_site import context, probes, views
from summaries.site import feeds

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("livez", probes.livez, name="livez"),
    path("readyz", probes.readyz, name="readyz"),
    path("metrics", probes.metrics, name="metrics"),
    path("operations/", views.operations, name="operations"),
    path("language/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("help/", views.help_page, name="help"),
    path("help/find/", views.find_in_help, name="find_in_help"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("robots.txt", feeds.robots, name="robots"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("", include("home.urls")),
    path("", include("cases.urls")),
    path("", include("agencies.urls")),
    path("knowledge/", include("knowledge.urls")),
    path("", include("audit_pages.urls")),
    path("", include("exchange.urls")),
    path("", include("retention.urls")),
    path("", include("legacy_import.urls")),
    path("", include("summaries.urls")),
    path("jobs/", include("jobs.urls")),
    path("demonstration/<str:who>/", context.sign_in_as, name="demonstration"),
    path("", include("nmt_site.account_urls")),
    re_path(
        r"^admin/agencies/user/(?P<rest>.*)$", views.admin_moved, {"to": "accounts/user"}, name="users_moved"
    ),
    re_path(
        r"^admin/lifecycle/retention/(?P<rest>.*)$",
        views.admin_moved,
        {"to": "retention/retention"},
        name="retention_moved",
    ),
    path("admin/", admin.site.urls),
]

handler400 = "nmt_site.views.bad_request"
handler403 = "nmt_site.views.permission_denied"
handler404 = "nmt_site.views.not_found"
handler500 = "nmt_site.views.server_error"
