"""Texts of installed packages that have no Swedish, or one that does not suit: our catalogue wins over
theirs.

Nothing imports this module. It exists so that `make messages` keeps these texts in the
catalogue.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _, ngettext_lazy

# as django-countries names them: agencies/reference/country_names_extra.csv says what is right
COUNTRIES: Final = (
    *(_("Albania"), _("American Samoa"), _("Australia"), _("Brazil"), _("Bouvet Island"), _("Canada")),
    *(_("Cocos (Keeling) Islands"), _("Democratic Republic of the Congo"), _("Cuba"), _("Cabo Verde")),
    *(_("Egypt"), _("Micronesia"), _("Georgia"), _("Hong Kong"), _("Heard Island and McDonald Islands")),
    *(_("Indonesia"), _("India"), _("Jordan"), _("Cambodia"), _("Lebanon"), _("North Macedonia")),
    *(_("Norfolk Island"), _("Philippines"), _("Pitcairn"), _("Palestine"), _("South Sudan"), _("Eswatini")),
    *(_("Chad"), _("Vatican City"), _("Wallis and Futuna")),
)

HISTORY: Final = (_("View history: %s"), _("Change history: %s"), _("Created"), _("Changed"), _("Deleted"))
ADMIN: Final = _("Home")  # the start of the administration, which is not where anybody is at home

ALLAUTH: Final = (
    *(_("Confirm Access"), _("Please reauthenticate to safeguard your account."), _("Alternative options")),
    *(_("Enter an authenticator code:"), _("Password Reset"), _("Reset My Password")),
    *(_("Password Reset Email"), _("Password Changed"), _("Password Set"), _("Your password has been set.")),
    *(_("Set Password"), _("Bad Token"), _("Email"), _("Email address"), _("Current Password")),
    *(_("New Password"), _("New Password (again)"), _("Forgot your password?")),
    *(_("Are you sure you want to sign out?"), _("Account Inactive"), _("This account is inactive.")),
    *(_("Two-Factor Authentication"), _("Authenticator App"), _("Security Keys"), _("Security Key Added")),
    *(_("Security Key Removed"), _("Add Security Key"), _("Edit Security Key"), _("Remove Security Key")),
    *(_("Activate Authenticator App"), _("Deactivate Authenticator App"), _("Sign In"), _("Sign Out")),
    *(_("Change Password"), _("Recovery Codes"), _("No recovery codes set up."), _("Generate")),
    *(_("Passwordless"), _("New Recovery Codes Generated")),
    *(_("A new set of recovery codes has been generated."),),
    *(_("This action will invalidate your existing codes."), _("Are you sure?")),
    *(_("Authenticator app activated."), _("Authenticator app deactivated.")),
    *(_("Authenticator App Activated"), _("Authenticator App Deactivated"), _("Deactivate"), _("Passkey")),
    *(_("Unspecified"), _("Signed out of all other sessions."), _("Successfully signed in as %(name)s.")),
    *(_("Password successfully changed."), _("Password successfully set.")),
    *(_("The two password fields didn’t match."), _("You must type the same password each time.")),
    _(
        "Forgotten your password? Enter your email address below, and we'll send you an email allowing "
        "you to reset it."
    ),
    _("Please contact us if you have any trouble resetting your password."),
    _(
        "We have sent you an email. If you have not received it please check your spam folder. Otherwise "
        "contact us if "
        "you do not receive it in a few minutes."
    ),
    _(
        "The password reset link was invalid, possibly because it has already been used.  Please request a "
        '<a href="%(passwd_reset_url)s">new password reset</a>.'
    ),
    _("Your account is protected by two-factor authentication. Please enter an authenticator code:"),
    ngettext_lazy(
        "There is %(unused_count)s out of %(total_count)s recovery codes available.",
        "There are %(unused_count)s out of %(total_count)s recovery codes available.",
        "unused_count",
    ),
    _("A new set of Two-Factor Authentication recovery codes has been generated."),
    _(
        "Enabling passwordless operation allows you to sign in using just this key, but imposes additional "
        "requirements such as biometrics or PIN protection."
    ),
    _("Save them  in a secure location now — they won't be shown again."),
    _("You are about to generate a new set of recovery codes for your account."),
    _("You are about to deactivate authenticator app based authentication. Are you sure?"),
)

# Of Django's.
DJANGO: Final = (
    _("This field is required."),
    _("Enter a whole number."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    ngettext_lazy("Please submit at least %(num)d form.", "Please submit at least %(num)d forms.", "num"),
    _("Your password can’t be a commonly used password."),
    _("Your password can’t be too similar to your other personal information."),
    _("This password is too common."),
    _("The password is too similar to the %(verbose_name)s."),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
)

IMPORT_EXPORT: Final = (_("Value could not be parsed."),)
ADMIN: Final = (
    _("Delete"),
    _("Add another %(verbose_name)s"),
    _(" By %(filter_title)s "),
    ngettext_lazy("Please correct the error below.", "Please correct the errors below.", "count"),
    _("Save and continue editing"),
    _("%(app)s administration"),
)
