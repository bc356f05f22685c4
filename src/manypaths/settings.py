"""All settings, each read once from the environment; `.env.example` lists them.

Without any, Manypaths runs on SQLite in the home folder.
"""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from manypaths.base import sqlite
from manypaths.base.environment import (
    BadSetting,
    env_bool,
    env_int,
    env_secret,
    env_str,
    env_zone,
)

sqlite.use_newest_library()

_DATA_HOME = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")

HOME = Path(env_str("MANYPATHS_HOME", str(Path(_DATA_HOME) / "manypaths"))).expanduser().absolute()
DEBUG = env_bool("MANYPATHS_DEBUG", False)
TIME_ZONE = env_zone("MANYPATHS_TIME_ZONE", "UTC")  # of districts that are made without their own
LOG_LEVEL = env_str("MANYPATHS_LOG_LEVEL", "WARNING", allowed=("DEBUG", "INFO", "WARNING", "ERROR"))
# Without one, a new secret each start: nothing that outlives the process is signed with it yet.
SECRET_KEY = env_secret("MANYPATHS_SECRET_KEY") or secrets.token_urlsafe(50)
# Sample files of others, for tests and benchmarks; never part of the package.
CONFORMANCE = Path(env_str("MANYPATHS_CONFORMANCE", "../shared"))

DATABASE_WAIT_SECONDS = env_int("MANYPATHS_DATABASE_WAIT_SECONDS", 20, at_least=1, at_most=600)


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
        return database
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
        "init_command": f"PRAGMA journal_mode={journal}; PRAGMA synchronous=FULL;",
    }


DATABASES = {"default": _database()}
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
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "template_partials",
    "manypaths.base",
    "manypaths.people",
    "manypaths.frameworks",
    "manypaths.evidence",
    "manypaths.estimates",
    "manypaths.plans",
    "manypaths.interop",
    "manypaths.web",
]

WEB = Path(__file__).parent / "web"
ROOT_URLCONF = "manypaths.web.urls"
WSGI_APPLICATION = "manypaths.web.wsgi.application"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "manypaths.web.languages.language_of_visit",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
        },
    },
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [WEB / "static", *WEB.glob("pages/*/static")]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
WHITENOISE_USE_FINDERS = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "sign_in:start"
CSRF_FAILURE_VIEW = "manypaths.web.errors.form_expired_page"
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
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
