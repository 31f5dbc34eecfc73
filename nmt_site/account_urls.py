"""Sign-in, second factor, password, sessions. Of django-allauth only what the register uses: nobody changes
an e-mail address, since the administrator knows people by it, and nobody registers."""

from allauth.account import views as allauth
from django.urls import include, path, re_path

from accounts import views
from accounts import views as account_views
from accounts.eid import views as eid
from accounts.sign_in import recorded

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

urlpatterns = [
    path("account/", account_views.account, name="account"),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/<int:pk>/end/", views.end, name="end_session"),
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
