"""Every address of the register. Sign-in is the default; public pages say so themselves."""

from allauth.account import views as allauth
from django.contrib import admin
from django.urls import include, path, re_path

from accounts import views as account_views
from accounts.eid import views as eid
from accounts.sign_in import recorded
from nmt_site import context, probes, views
from summaries.site import feeds

# Of django-allauth only what the register uses: nobody changes an e-mail address, since the administrator
# knows people by it, and nobody registers.
LIBRARY = [
    path("accounts/login/", allauth.login, name="account_login"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/signup/", allauth.signup, name="account_signup"),  # says that it is closed
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", allauth.password_change, name="account_change_password"),
    path("accounts/password/set/", allauth.password_set, name="account_set_password"),
    path("accounts/password/reset/", allauth.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
]

ACCOUNT = [
    path("account/", account_views.account, name="account"),
    path("sessions/", account_views.sessions, name="sessions"),
    path("sessions/<int:pk>/end/", account_views.end, name="end_session"),
    path("account/terms/", account_views.terms, name="terms"),
    path("account/letters/", account_views.letters, name="account_letters"),
    path("account/open/", account_views.open_account, name="open_account"),
    path("session/", account_views.session, name="session"),
    path("session/renew/", account_views.renew, name="renew_session"),
    path("account/eid/connect/", eid.connect, name="eid_connect"),
    path("account/eid/disconnect/", eid.disconnect, name="eid_disconnect"),
    path("accounts/eid/start/", eid.start, name="eid_start"),
    path("accounts/eid/again/", eid.again, name="eid_again"),
    path("accounts/eid/callback/", eid.callback, name="eid_callback"),
    *recorded(LIBRARY),
]

urlpatterns = [
    path("healthz", probes.healthz, name="healthz"),
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
    *ACCOUNT,
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
handler429 = "nmt_site.views.too_many_requests"  # asked for by allauth
handler500 = "nmt_site.views.server_error"
