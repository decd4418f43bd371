"""Django settings of every process: web, worker, integrator, command line, tests."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF

from tangthu import __version__
from tangthu.kernel import deployment, isolation, logs, proxies, reaching
from tangthu.kernel.database import COMMAND, PROCESS, django_databases, places
from tangthu.kernel.home import Home
from tangthu.kernel.limits import api_limits

PACKAGE = Path(__file__).resolve().parents[1]
HOME = Home.from_environment()
VERSION = __version__

SECRET_KEY = HOME.secret("django-key")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("TANGTHU_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
SITE_HTTPS = os.environ.get("TANGTHU_HTTPS", "") == "1"
if SITE_HTTPS:  # a proxy before us speaks TLS and tells so
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"]
    SECURE_HSTS_SECONDS = 365 * 86400
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Browsers take a cookie of such a name only over TLS, from this very host, for the whole of it.
_OF_THIS_HOST = "__Host-" if SITE_HTTPS else ""

# Whose X-Forwarded-For and -Proto are believed, and only behind HTTPS; others' are taken off.
PROXIES = proxies.networks(os.environ.get("TANGTHU_PROXIES", ""))
# The networks of the agency: who signs in from another one needs a second step (RM-955). None
# named: who comes from a public address does.
INSIDE = proxies.named(os.environ.get("TANGTHU_INSIDE", ""), "TANGTHU_INSIDE")

# An installation that touches a network must refuse state secrets everywhere (AR-127); only an
# isolated LAN has secrecy fields, and nothing goes from the one to the other (AR-128).
DEPLOYMENT_MODE = deployment.settle(HOME)
LOCAL_NETWORKS = isolation.local_networks()
# A deployment for classified material hides event kinds in the public leaves (IN-16).
LEDGER_CLASSIFIED = (
    DEPLOYMENT_MODE == deployment.ISOLATED or os.environ.get("TANGTHU_LEDGER_CLASSIFIED", "") == "1"
)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "csp",
    "axes",
    "procrastinate.contrib.django",
    "tangthu.kernel",
    "tangthu.ledger",
    "tangthu.ui",
    "tangthu.identity",
    "tangthu.signin",
    "tangthu.records",
    "tangthu.capture",
    "tangthu.discovery",
    "tangthu.repository",
    "tangthu.archive",
    "tangthu.reports",
    "tangthu.bulk",
    "tangthu.programs",
    "tangthu.backup",
    "tangthu.faces.office",
    "tangthu.faces.api",
]

MIDDLEWARE = [
    "tangthu.faces.office.arriving.Arriving",
    "tangthu.faces.office.measuring.Measured",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tangthu.faces.api.door.ApiDoor",
    # Around the sessions: what is answered while the database is away has its language and headers.
    "tangthu.faces.office.middleware.ChosenLanguage",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tangthu.faces.office.away.Sessions",
    "tangthu.ui.uploads.ToldRedirects",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "tangthu.faces.office.middleware.StaffOnly",
    "tangthu.faces.office.middleware.LimitedUploads",
    "tangthu.faces.office.middleware.ErrorsInWords",
]
if DEPLOYMENT_MODE == deployment.ISOLATED:
    MIDDLEWARE.insert(1, "tangthu.faces.office.isolation.IsolatedSite")


ROOT_URLCONF = "tangthu.faces.office.urls"
WSGI_APPLICATION = "tangthu.faces.office.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tangthu.faces.office.context.shell",
            ],
        },
    }
]
# Not in a cookie: titles would stay in the browser for whoever signs in there next.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
FORM_RENDERER = "tangthu.ui.forms.Renderer"

DATABASES = django_databases(HOME, os.environ.get(PROCESS, COMMAND))
if DEPLOYMENT_MODE == deployment.ISOLATED:
    isolation.require_local_databases(places(HOME), LOCAL_NETWORKS)
    isolation.forbid_outward(LOCAL_NETWORKS)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.Account"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "tangthu.signin.passwords.FourClasses"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "tangthu.signin.passwords.NotOfTheHouse"},
    {"NAME": "tangthu.signin.passwords.NotAgain"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "tangthu.ui.callers.guesser_of"
AXES_LOCKOUT_CALLABLE = "tangthu.faces.office.views.errors.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "password"]

LOGIN_URL = "office:sign-in"
LOGIN_REDIRECT_URL = "office:home"
SESSION_COOKIE_NAME = f"{_OF_THIS_HOST}tangthu_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# A session ends so long after its last use, which is written down at most every few minutes.
SESSION_COOKIE_AGE = 8 * 3600
SESSION_NOTED_EVERY = 300
SESSION_COOKIE_SECURE = SITE_HTTPS
CSRF_COOKIE_NAME = f"{_OF_THIS_HOST}csrftoken"
CSRF_COOKIE_SECURE = SITE_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tangthu.faces.office.views.errors.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = f"{_OF_THIS_HOST}tangthu_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SITE_HTTPS
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 86400
WHITENOISE_ALLOW_ALL_ORIGINS = False

# A folder of scans arrives as many files; each is streamed to the home's upload folder.
DATA_UPLOAD_MAX_NUMBER_FILES = 5000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["tangthu.kernel.uploads.RoomyUploadHandler"]
FILE_UPLOAD_TEMP_DIR = HOME.uploads
FILE_UPLOAD_PERMISSIONS = 0o600
# Folders on the server whose subfolders an archivist may name for an import; only read.
IMPORT_ROOTS = [
    Path(root).expanduser().absolute()
    for root in os.environ.get("TANGTHU_IMPORT_ROOTS", str(HOME.root / "inbox")).split(os.pathsep)
    if root
]

# Requests a minute of one API key, and at once after a pause: of all bodies ("*"), and of some by
# their code: TANGTHU_API_LIMITS="*=300/100 H30.81=1200/400".
API_LIMITS = api_limits(os.environ.get("TANGTHU_API_LIMITS", ""))

# Folders that backup sets are kept in, each on a medium of its own (docs/backup.md).
BACKUP_PLACES = [
    Path(place).expanduser().absolute()
    for place in os.environ.get("TANGTHU_BACKUP_TO", "").split(os.pathsep)
    if place
]

# The socket of clamd, a path or ADDRESS:PORT: once named, no file is taken in without its word.
CLAMD = os.environ.get("TANGTHU_CLAMD", "")

# Networks beside the public one that a person may have events sent to (docs/hooks.md), and the
# authority, as a PEM file, that signed certificates of machines in them.
HOOK_NETWORKS = reaching.networks(os.environ.get("TANGTHU_HOOK_NETWORKS", ""))
HOOK_CA = os.environ.get("TANGTHU_HOOK_CA", "")

# From which hour on (Vietnam time) the day's set is made, and where restores are tried.
BACKUP_HOUR = int(os.environ.get("TANGTHU_BACKUP_HOUR", "1")) % 24
DRILL_PLACE = (
    Path(os.environ["TANGTHU_DRILL_IN"]).expanduser().absolute()
    if os.environ.get("TANGTHU_DRILL_IN")
    else None
)

# How long a use package (DIP) can be downloaded by whom it was made for.
DIP_HOURS = int(os.environ.get("TANGTHU_DIP_HOURS", "168"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": logs.formatter(),
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "tangthu": {"level": "INFO"},
        # A line for every request is for programs to read.
        "tangthu.requests": {"level": "INFO" if logs.formatter() is logs.AsJson else "WARNING"},
        "axes": {"level": "ERROR"},
        "procrastinate": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
