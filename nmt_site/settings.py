"""The one settings file. The environment decides; `.env.example` lists every name with its default.

Nobody imports this module: use django.conf.settings.
"""

import sys
import tomllib
from email.utils import parseaddr
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from nmt_site import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
TESTING = "pytest" in sys.modules
if not TESTING:  # a test depends on no developer's file
    environ.Env.read_env(BASE_DIR / ".env")  # what is already set in the environment wins

DEMO = env.flag("DEMO")
TRAINING_ADDRESS = env.address("TRAINING_ADDRESS")  # of the training register: Help leads there
TRAINING = DEMO and bool(TRAINING_ADDRESS)  # this is it: invented data, and served to others by https
DEBUG = False  # no mode shows a trace to a browser
STATE_DIR = Path(env.text("STATE_DIR") or BASE_DIR / "var")
_demo_folder = STATE_DIR / "keys" if DEMO else None

SECRET_KEY = env.key("SECRET_KEY", demo_folder=_demo_folder)
NOTES_KEYS = env.encryption_keys("NOTES_KEY", demo_folder=_demo_folder)
AUDIT_KEY = env.key("AUDIT_KEY", demo_folder=_demo_folder)
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "nmt_site.apps.SiteAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.humanize",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_include_bootstrap",
    "django_countries",
    "django_htmx",
    "import_export",
    "simple_history",
    "audit",
    "encryption",
    "accounts",
    "jobs",
    "exchange",
    "audit_pages",
    "agencies",
    "knowledge",
    "cases",
    "summaries",
    "legacy_import",
    "retention",
    "home",
    "nmt_site.apps.SiteConfig",
]

MIDDLEWARE = [
    # What every request passes.
    "nmt_site.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "nmt_site.probes.ProbesMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "nmt_site.middleware.PublicPagesMiddleware",
    # What belongs to somebody's session: a public page of nobody in particular is answered before.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cases.middleware.CaseworkMiddleware",
    "accounts.entry.EntryMiddleware",
    "accounts.transactions.OneTransactionMiddleware",
]

ROOT_URLCONF = "nmt_site.urls"
WSGI_APPLICATION = "nmt_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nmt_site.context.site",
            ],
            "builtins": ["nmt_site.templatetags.nmt"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # templates/django/forms draws some widgets
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASE_URL = env.database_url(f"sqlite:///{STATE_DIR / 'register.sqlite3'}")
_database = environ.Env.db_url_config(DATABASE_URL)
if _password := env.given("DATABASE_PASSWORD"):
    _database["PASSWORD"] = _password
if _database["ENGINE"].endswith("sqlite3"):
    _database["OPTIONS"] = {
        # Immediate: a writer waits its turn at BEGIN instead of failing half-way with "database is locked".
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    _database["ENGINE"] = "nmt_site.postgresql"
    _database["CONN_MAX_AGE"] = None
    _database["CONN_HEALTH_CHECKS"] = True
    # Behind a pooler that gives each transaction another connection a cursor of the server's would be lost.
    _database["DISABLE_SERVER_SIDE_CURSORS"] = env.flag("DATABASE_POOLER")
    # Compiling a summary's one long statement (jit) costs several times what running it does.
    _usual = {"connect_timeout": 5, "options": "-c jit=off"}
    _database["OPTIONS"] = _usual | _database.get("OPTIONS", {})
DATABASES = {"default": _database}
# Who asks the database for rows, once `make_database_roles` has made them: the web server, and the worker.
APPLICATION_ROLE = env.name("APPLICATION_ROLE", "nmt_application")
WORKER_ROLE = env.name("WORKER_ROLE", "nmt_worker")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The head of the audit log is told outside every hour.
AUDIT_HEAD_FILE = env.text("AUDIT_HEAD_FILE")
AUDIT_HEAD_SYSLOG = env.syslog("AUDIT_HEAD_SYSLOG")
AUDIT_STAMP_URL = env.address("AUDIT_STAMP_URL", path=True)

SECURITY_SYSLOG = env.syslog("SECURITY_SYSLOG")
# The beginnings of what is told there as it happens: who comes in, what is refused, leaves, is granted.
SECURITY_EVENTS = (
    *("user.", "refused", "access.", "approval.", "export.", "register.", "case.extract", "keys."),
    *("audit.close", "audit.dispose", "audit.verify", "coordinator.", "agency.", "region.", "county", "code"),
)
METRICS_TOKEN = env.token("METRICS_TOKEN")
# The certificate of the proxy, whose last day is watched; empty where that is no business of this machine.
TLS_CERTIFICATE = env.text("TLS_CERTIFICATE")
DISK_FREE_MB = env.number("DISK_FREE_MB", 200)
LOG_JSON = env.flag("LOG_JSON", default=not DEMO)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.sign_in.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_FORMS = {"login": "accounts.sign_in.SignInForm"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody makes the register write to somebody unknown
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# What is sent against one account, or from one network address, is slowed, but apart for browsers that have
# signed in to the account before (accounts.allauth_seams): nobody can lock a colleague out, not even from the
# same office. What fails at one account in a day has a limit of its own, and is told of (accounts.db_cache).
ACCOUNT_RATE_LIMITS = {
    "login_failed": "30/5m/ip,6/5m/key,40/d/key",
    "login_failed_known": "6/5m/key,40/d/key",
    "login": "",  # by address, right passwords too: it would be such a lock-out
    "reset_password": "10/h/ip,5/h/key",
}
MFA_RATE_LIMITS = {"webauthn_login": ""}  # the same; and a passkey is not guessed
SECOND_FACTOR_REQUIRED = not DEMO
# Of templates/account/terms_N.html, which everybody accepts once; a changed text is one more.
TERMS_VERSION = 1
MFA_ADAPTER = "accounts.sign_in.SecondFactorAdapter"
MFA_FORMS = {"add_webauthn": "accounts.views.AddKeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the invitation went to the address: nobody types it in
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO and not TRAINING  # plain http on loopback
MFA_TOTP_ISSUER = "NMT-registret"
USERSESSIONS_ADAPTER = "accounts.sign_in.SessionsAdapter"
USERSESSIONS_TRACK_ACTIVITY = False  # would write a row at every request
SESSION_ENGINE = "accounts.sessions"  # bound to its key
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 48 * 3600  # of its row: who sends a form too late is still known (accounts.sessions)
SESSION_HOURS = env.number("SESSION_HOURS", 12, most=24)  # from signing in, however much it is used
IDLE_MINUTES = env.number("IDLE_MINUTES", 25)
IDLE_WARNING_MINUTES = env.number("IDLE_WARNING_MINUTES", 20)
INVITATION_DAYS = env.number("INVITATION_DAYS", 3)
PASSWORD_RESET_TIMEOUT = INVITATION_DAYS * 24 * 3600

# Shared by all processes, and JSON: what is read from the database never becomes an object.
CACHES = {"default": {"BACKEND": "accounts.db_cache.JsonMemory"}}

# Sign-in with the employer's e-ID (OpenID Connect): off without an issuer.
OIDC_ISSUER = env.issuer("OIDC_ISSUER")
OIDC_CLIENT_ID = env.needed("OIDC_CLIENT_ID", beside=OIDC_ISSUER)
OIDC_CLIENT_SECRET, OIDC_CLIENT_KEY = env.one_secret(
    "OIDC_CLIENT_SECRET", "OIDC_CLIENT_KEY", beside=OIDC_ISSUER
)
OIDC_CLIENT_KEY_ID = env.text("OIDC_CLIENT_KEY_ID")
OIDC_ACR = [part.strip() for part in env.needed("OIDC_ACR", beside=OIDC_ISSUER).split(",") if part.strip()]
OIDC_NAME = env.text("OIDC_NAME") or "e-legitimation"

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", _("Swedish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["nmt_site.formats"]
TIME_ZONE = "Europe/Stockholm"
COUNTRIES_OVERRIDE = {
    "XK": _("Kosovo"),
    "XS": _("Stateless"),
    "ZZ": _("Unknown"),
    # What the package calls these is out of date or long.
    "CG": _("Republic of the Congo"),
    "FK": _("Falkland Islands"),
    "US": _("United States"),
    "VG": _("British Virgin Islands"),
    "VI": _("United States Virgin Islands"),
}

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static", ("guide", BASE_DIR / "docs" / "pictures")]
LOCAL = (DEMO and not TRAINING) or TESTING  # asked on this machine alone, by plain http
WHITENOISE_USE_FINDERS = LOCAL  # served from where they lie: collecting them takes many seconds
STATIC_ROOT = None if LOCAL else Path(env.text("STATIC_ROOT") or BASE_DIR / "staticfiles")
_files = "django.contrib.staticfiles.storage.StaticFilesStorage"
_packed_files = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _files if LOCAL else _packed_files},
}
FILE_UPLOAD_HANDLERS = ["exchange.uploads.MemoryOnly"]  # no spreadsheet lies in a temporary file
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # a grid of 200 persons
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # a note of 3 MB is refused by the form, which keeps the text

SECURE_HTTPS = not LOCAL
SECURE_SSL_REDIRECT = SECURE_HTTPS and env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^(healthz|livez|readyz|metrics)$"]  # asked on the machine itself, by http
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY") else None
SILENCED_SYSTEM_CHECKS = [
    "security.W009",  # it counts letters: a key of ours is 32 random bytes in 44
    *("security.W005", "security.W021"),  # HSTS_WHOLE_DOMAIN is for the owner of the domain to choose
]
SECURE_HSTS_SECONDS = 31536000 if SECURE_HTTPS else 0
# For the whole domain: its owner says so, not who installs the register on one of its hosts.
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HTTPS and env.flag("HSTS_WHOLE_DOMAIN")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.flag("BEHIND_PROXY") else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
# Bound to this very address: no other host of the domain sets or replaces them.
COOKIE_PREFIX = "__Host-" if SECURE_HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid", f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "nmt_site.views.csrf_failure"
_own = ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action", "manifest-src")
_from_nowhere = ("default-src", "base-uri", "frame-ancestors")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {name: [SELF] for name in _own} | {name: [NONE] for name in _from_nowhere}
}

SITE_ADDRESS = env.address("SITE_ADDRESS")  # what links in e-mails begin with
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "accounts.notices.Nowhere"
EMAIL_PORT = env.number("EMAIL_PORT", 587, most=65_535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
# Seconds; without it a silent server is waited for for ever.
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 10, most=600)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "register@localhost")
SENDER = parseaddr(DEFAULT_FROM_EMAIL)[1]  # without the name before it: where no other address is given
ORGANISATION = {  # whose register it is: on pages, in the report and the catalogue
    "sv": env.text("ORGANISATION_SV", "Jämställdhetsmyndigheten"),
    "en": env.text("ORGANISATION_EN", "Swedish Gender Equality Agency"),
}
ORGANISATION_ADDRESS = env.text("ORGANISATION_ADDRESS", "https://jamstalldhetsmyndigheten.se/")
MANUAL_ADDRESS = env.text(
    "MANUAL_ADDRESS",
    "https://nspm.jamstalldhetsmyndigheten.se/stod-i-ditt-arbete/manual-vid-misstanke-om-manniskohandel/",
)
SUPPORT_LINE = env.text("SUPPORT_LINE", "020-390 000")
DPO_CONTACT = env.text("DPO_CONTACT", SENDER)  # on the page of privacy
ACCESSIBILITY_CONTACT = env.text("ACCESSIBILITY_CONTACT", SENDER)  # in the statement
SECURITY_CONTACT = env.text("SECURITY_CONTACT", SENDER)  # whom somebody outside tells of a fault
# In files and catalogue: everybody's.
STATISTICS_CONTACT = env.text("STATISTICS_CONTACT", "statistik@demo.example" if DEMO else SENDER)

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_SKIP_ADMIN_LOG = True  # the audit log records; a second log would hold facts
SIMPLE_HISTORY_REVERT_DISABLED = True  # a change is undone by a change

CALL_EDIT_HOURS = env.number("CALL_EDIT_HOURS", 24, least=0)  # how long an operator may correct an own call
# Whether a call without consent to referral may lead to a case: of children, of anybody as facts, or never.
CASE_WITHOUT_CONSENT = env.choice("CASE_WITHOUT_CONSENT", "children", "facts", "never")
SMALL_CELL_K = env.number("SMALL_CELL_K", 5, least=2, most=100)  # counts 1..k-1 are hidden in publications
PUBLIC_PAGES = env.flag("PUBLIC_PAGES", default=True)  # /statistik/ without sign-in
VERSION = str(tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"])
_release = BASE_DIR / "RELEASE"  # made by deploy/install.sh: the version and a digest of the code
RELEASE = _release.read_text().strip() if _release.exists() else VERSION

_gunicorn = {"handlers": ["console"], "level": "INFO", "propagate": False}
LOGGING_CONFIG = "nmt_site.logs.configure"  # no record holds what a person could be known by
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": f"nmt_site.logs.{'JsonLines' if LOG_JSON else 'Lines'}"}},
    "filters": {"pages_only": {"()": "nmt_site.logs.PagesOnly"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.db.backends": {"level": "WARNING"},  # below that it writes statements with their values
        "gunicorn.error": _gunicorn,
        "gunicorn.access": _gunicorn | {"filters": ["pages_only"]},
    },
}
