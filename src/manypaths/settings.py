"""All settings, each read once from the environment; `.env.example` lists them.

Without any, Manypaths runs on SQLite in the home folder.
"""

import os
import secrets
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from manypaths.base import sqlite
from manypaths.base.environment import (
    LOOPBACK,
    BadSetting,
    env_address,
    env_bool,
    env_int,
    env_names,
    env_secret,
    env_str,
    env_zone,
)
from manypaths.base.secret_key import kept_secret

sqlite.use_newest_library()

_DATA_HOME = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")

HOME = Path(env_str("MANYPATHS_HOME", str(Path(_DATA_HOME) / "manypaths"))).expanduser().absolute()
DEBUG = env_bool("MANYPATHS_DEBUG", False)
TIME_ZONE = env_zone("MANYPATHS_TIME_ZONE", "UTC")  # of districts that are made without their own
LOG_LEVEL = env_str("MANYPATHS_LOG_LEVEL", "WARNING", allowed=("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env_str("MANYPATHS_LOG_FORMAT", "text", allowed=("text", "json"))
# What signs sessions and links. Commands that make a home keep one there; a process without a home
# signs nothing that outlives it.
SECRET_KEY = env_secret("MANYPATHS_SECRET_KEY") or kept_secret(HOME) or secrets.token_urlsafe(50)
# Sample files of others, for tests and benchmarks; never part of the package.
CONFORMANCE = Path(env_str("MANYPATHS_CONFORMANCE", "../shared"))

DATABASE_WAIT_SECONDS = env_int("MANYPATHS_DATABASE_WAIT_SECONDS", 20, at_least=1, at_most=600)

# Keys that are in no backup: whoever has them and the database reads what they seal.
KEYS = Path(env_str("MANYPATHS_KEYS", str(HOME / "keys"))).expanduser().absolute()

# Files that learners hand in: under the home, by the public id of their row.
MEDIA_ROOT = HOME / "files"
FILE_MEGABYTES = env_int("MANYPATHS_FILE_MEGABYTES", 10, at_least=1, at_most=100)
PERSON_MEGABYTES = env_int("MANYPATHS_PERSON_MEGABYTES", 200, at_least=1, at_most=100_000)


# Nobody waits for ever: not for a server that is gone, nor for a row that somebody else changes.
_POSTGRES_OPTIONS = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    # The server, too, ends what nobody waits for any more. It asks no helpers: for a plan that is
    # kept it knows too little of how much there will be, and to start two of them takes longer than
    # any answer of a page.
    "options": (
        f"-c lock_timeout={DATABASE_WAIT_SECONDS}s -c client_connection_check_interval=2s"
        " -c max_parallel_workers_per_gather=0"
    ),
    # What is asked again and again (see `base.prepared`) the server reads and plans once a
    # connection: to do so took it longer than to answer.
    "prepare_threshold": 2,
}


def _database() -> dict[str, Any]:
    """Return Django's description of the database: what the URL names, else SQLite in the home."""
    url = env_str("MANYPATHS_DATABASE_URL", "")
    if not url:
        return _sqlite(str(HOME / "manypaths.sqlite3"))
    scheme = url.partition(":")[0]
    try:
        database = dict(dj_database_url.parse(url))
    except (ValueError, dj_database_url.UnknownSchemeError):
        database = {}
    if scheme == "sqlite" and database.get("NAME"):
        return _sqlite(str(database["NAME"]))
    if scheme in {"postgres", "postgresql"} and database.get("NAME"):
        options = cast("dict[str, object]", database.get("OPTIONS", {}))
        return database | {"OPTIONS": _POSTGRES_OPTIONS | options}
    # The address may hold a password, so it is not repeated.
    allowed = "sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME"
    raise BadSetting("MANYPATHS_DATABASE_URL", f"{scheme}:...", allowed)


def _sqlite(path: str) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": _sqlite_options()}


def _sqlite_options() -> dict[str, Any]:
    """Return the options under which an acknowledged write survives a power cut."""
    journal = sqlite.safe_journal_mode(sqlite.library_version())
    return {
        # A deed reads, then writes: taking the write lock first spares it a failure half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": DATABASE_WAIT_SECONDS,
        # In memory, what a school looks at in a day: up to 16 MB a connection, in place of 2.
        "init_command": (
            f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
        ),
    }


# A thread keeps its connection for a minute, and looks whether it still lives before each request.
DATABASES = {
    "default": _database() | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
USE_TZ = True

# The command line activates none and so speaks the first; pages speak the reader's.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
FORMAT_MODULE_PATH = ["manypaths.formats"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "manypaths.base",
    "manypaths.people",
    "manypaths.accounts",
    "manypaths.demographics",
    "manypaths.frameworks",
    "manypaths.evidence",
    "manypaths.estimates",
    "manypaths.plans",
    "manypaths.sittings",
    "manypaths.integrations",
    "manypaths.interop",
    "manypaths.records",
    "manypaths.web",
]

WEB = Path(__file__).parent / "web"
ROOT_URLCONF = "manypaths.web.urls"
WSGI_APPLICATION = "manypaths.web.wsgi.application"
MIDDLEWARE = [
    "manypaths.web.middleware.request_log",
    "manypaths.web.middleware.probes",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "manypaths.web.middleware.guards",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Safe beside the tokens of forms: see docs/decisions/0017.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    # Above all that asks the database.
    "manypaths.web.middleware.in_turn",
    "manypaths.web.deadlines.within_time",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "manypaths.web.languages.language_of_visit",
    # Below the language, for they answer with pages.
    "django.middleware.common.CommonMiddleware",
    "manypaths.web.middleware.limits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # One folder a page, and those that all pages share.
        "DIRS": [WEB / "templates", WEB / "parts/templates", *WEB.glob("pages/*/templates")],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "manypaths.web.context.visit",
            ],
            "builtins": ["manypaths.web.templatetags.links"],
        },
    },
]
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"  # filled at each start of `serve`, and safe to delete
STATICFILES_DIRS = [WEB / "static", *WEB.glob("pages/*/static")]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "manypaths.web.assets.Assets"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "sign_in:start"
CSRF_FAILURE_VIEW = "manypaths.web.errors.form_expired_page"

# --- Where people reach us, and what follows from it

ADDRESS = env_address("MANYPATHS_ADDRESS")
_IS_PLAIN = ADDRESS.startswith("http:")
# A proxy in front speaks https with the world and plain http with us: the scheme is that of the
# address, whatever a header says. See `web.middleware`.
IS_HTTPS = ADDRESS.startswith("https:")
N_PROXIES = env_int("MANYPATHS_PROXIES", int(IS_HTTPS), at_least=0, at_most=10)
ALLOWED_HOSTS = [
    *env_names("MANYPATHS_HOSTS"),
    *([urlsplit(ADDRESS).hostname] if IS_HTTPS else [*LOOPBACK, "[::1]"]),
]
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # http is turned to https by the proxy, which alone sees it
    "security.W021",  # to be in the lists that browsers carry is for the owner of the domain
]

# A name with this prefix is taken by browsers over https alone, from this host, for all of it.
_PREFIX = "" if _IS_PLAIN else "__Host-"
SESSION_COOKIE_NAME = f"{_PREFIX}session"
SESSION_COOKIE_SECURE = not _IS_PLAIN
CSRF_COOKIE_NAME = f"{_PREFIX}csrf"
CSRF_COOKIE_SECURE = not _IS_PLAIN
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = f"{_PREFIX}language"
LANGUAGE_COOKIE_SECURE = not _IS_PLAIN
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Proxies give up after a minute, as a rule: before that there should be a page.
REQUEST_SECONDS = env_int("MANYPATHS_REQUEST_SECONDS", 45, at_least=2, at_most=3600)
LONGEST_WAIT_FOR_A_TURN_SECONDS = 15.0  # then a page says that very many people are here
LARGEST_UPLOAD_BYTES = 1_000_000 * env_int("MANYPATHS_UPLOAD_MB", 50, at_least=1, at_most=2000)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # of a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000  # quick entry has a few fields for each of 150 learners

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        # Text becomes HTML in one way alone, which web/trusted.js names.
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# --- Signing in

# All readers behind a proxy would else look like one address.
ALLAUTH_TRUSTED_PROXY_COUNT = N_PROXIES
# A school's children share one address: so many may sign in from it within five minutes.
SIGN_INS_AN_ADDRESS = env_int("MANYPATHS_SIGN_INS_AN_ADDRESS", 600, at_least=30, at_most=100_000)
HASHES_AT_ONCE = env_int("MANYPATHS_HASHES_AT_ONCE", 2, at_least=1, at_most=64)

AUTHENTICATION_BACKENDS = ["manypaths.accounts.authentication.ByNameBackend"]
PASSWORD_HASHERS = ["manypaths.accounts.hashing.CappedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "manypaths.accounts.passwords.LengthForRole"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "manypaths.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
LOGIN_REDIRECT_URL = "home:start"
# Counts of tries, which all worker processes share.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_counts",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

ACCOUNT_ADAPTER = "manypaths.web.pages.sign_in.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "manypaths.web.pages.sign_in.forms.SignInForm",
    "reauthenticate": "manypaths.web.pages.sign_in.forms.AgainForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_VERIFICATION = "none"
# Who is signed in may look around as somebody else.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = {
    "login": f"{SIGN_INS_AN_ADDRESS}/5m/ip",
    # Wrong ones of a whole school, but of one account few.
    "login_failed": f"{SIGN_INS_AN_ADDRESS // 2}/5m/ip,5/5m/key,50/d/key",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "manypaths.web.pages.sign_in.adapters.MFAAdapter"
MFA_FORMS = {"add_webauthn": "manypaths.web.pages.security.forms.PasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Manypaths"
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": f"{SIGN_INS_AN_ADDRESS}/5m/ip"}
# Other ways in: by what is typed wrong, from one address and for one learner.
ENTRY_RATE_LIMITS = {
    "code": "60/5m/ip",
    "class_code": "120/5m/ip",
    "pictures": f"{SIGN_INS_AN_ADDRESS // 2}/5m/ip,4/5m/key",
    "card": "120/5m/ip",
    "forgotten": "60/5m/ip,3/15m/key",
    "look_around": "300/5m/ip",
    "reset_demo": "3/10m/key",
}

# --- Programs of others

# So often a minute one token may call.
API_CALLS_A_MINUTE = env_int("MANYPATHS_API_CALLS_A_MINUTE", 600, at_least=10, at_most=100_000)
# So often a minute one address may read open frameworks without a token: a whole school is behind
# it, whose tools all begin with the lesson.
OPEN_CALLS_AN_ADDRESS = env_int(
    "MANYPATHS_OPEN_CALLS_AN_ADDRESS", 1200, at_least=10, at_most=1_000_000
)

# Whether webhooks may be sent to this machine itself, and plainly: for tests and demonstrations.
LOOPBACK_WEBHOOKS = env_bool("MANYPATHS_LOOPBACK_WEBHOOKS", False)

EMAIL_BACKEND = (
    "django.core.mail.backends."
    f"{env_str('MANYPATHS_MAIL', 'console', allowed=('console', 'smtp'))}.EmailBackend"
)
DEFAULT_FROM_EMAIL = env_str("MANYPATHS_MAIL_FROM", "manypaths@localhost")
EMAIL_HOST = env_str("MANYPATHS_MAIL_HOST", "localhost")
EMAIL_PORT = env_int("MANYPATHS_MAIL_PORT", 25, at_least=1, at_most=65_535)
EMAIL_HOST_USER = env_str("MANYPATHS_MAIL_USER", "")
EMAIL_HOST_PASSWORD = env_str("MANYPATHS_MAIL_PASSWORD", "")
EMAIL_USE_TLS = env_bool("MANYPATHS_MAIL_TLS", False)
EMAIL_TIMEOUT = 20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"format": "%(message)s"},
        "json": {"()": "manypaths.base.logs.JsonLines"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # One line a request, where somebody serves.
        "manypaths.requests": {"level": "INFO" if LOG_FORMAT == "json" else LOG_LEVEL},
        # Has handlers of its own that would write mail and a second line.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # What is refused has its line as a request.
        "django.request": {"level": "ERROR"},
        # Its only warning is that it was told to end.
        "django_tasks_db": {"level": "ERROR"},
    },
}
