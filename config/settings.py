"""All settings, in one file, from the environment (docs/deploy.md lists the variables)."""

import os
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from config import environment
from personalization.agreement.minimums import Minimums

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("CONCORD_DATA") or BASE_DIR / "var").expanduser().resolve()

DEBUG = environment.flag("CONCORD_DEBUG")
SECRET_KEY = environment.secret_key(DATA_DIR)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *environment.words("CONCORD_HOSTS")]
PORT = environment.number("PORT", 8000, most=65_535)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "rules",
    "procrastinate.contrib.django",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "annotation",
    "personalization",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.security.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.security.RequestSizeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "annotation.views.appearance.appearance",
            ],
            "builtins": ["template_partials.templatetags.partials"],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            ["django.template.loaders.filesystem.Loader"],
                        )
                    ],
                )
            ],
        },
    }
]

DATABASES = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "annotation.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "sesame.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "signin"
LOGIN_REDIRECT_URL = "home"
SESAME_ONE_TIME = True
SESAME_MAX_AGE = 24 * 3600

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs our files
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "uploads"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Uploads: label files may be large, everything else is small.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_BYTES = environment.number("CONCORD_UPLOAD_MB", 2048, most=1_000_000) * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_PERMISSIONS = 0o600

HTTPS = environment.flag("CONCORD_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = environment.words("CONCORD_ORIGINS")
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# Django 6 reads this setting itself: config.security goes when Concord moves to 6.2.
SECURE_CSP = {
    "default-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
}

PROCRASTINATE_ON_APP_READY = None

# The REST API (docs/api.md): programs come with a token, a researcher's browser with its session.
KNOX_TOKEN_MODEL = "personalization.ApiToken"  # noqa: S105 - a name, no token
MIGRATION_MODULES = {"knox": None}  # its own table of tokens would be made all the same
REST_KNOX = {"TOKEN_TTL": timedelta(days=90), "TOKEN_PREFIX": "concord_"}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "personalization.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["personalization.api.permissions.IsResearcher"],
    "DEFAULT_THROTTLE_CLASSES": ["personalization.api.throttling.Throttle"],
    "DEFAULT_THROTTLE_RATES": {"read": "600/min", "post": "120/min"},
    "DEFAULT_PARSER_CLASSES": ["personalization.api.parsing.BoundedJSONParser"],
    # JSON alone: the browsable pages of the framework need scripts that the policy refuses.
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "personalization.api.negotiation.AlwaysJSON",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "personalization.api.errors.handler",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Concord",
    "VERSION": "1",
    "DESCRIPTION": "Read a study's items and judgments, post a judge's answers, read agreement.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["personalization.api.permissions.IsResearcher"],
    "COMPONENT_SPLIT_REQUEST": True,
}

# How long a killed worker keeps a piece of work; a living one renews its leases all the time.
LEASE_SECONDS = environment.number("CONCORD_LEASE_SECONDS", 30, most=3_600)

# From how much data a number of agreement is shown (docs/statistics.md).
AGREEMENT_MINIMUMS = environment.numbers("CONCORD_MINIMUMS", asdict(Minimums()), most=1_000_000)

# Where models are asked (docs/deploy.md); further endpoints are set on their page.
LLM_URL = os.environ.get("CONCORD_LLM_URL", "").strip()
LLM_KEY = os.environ.get("CONCORD_LLM_KEY", "").strip()
LLM_MODEL = os.environ.get("CONCORD_LLM_MODEL", "").strip()
LLM_PROVIDER = os.environ.get("CONCORD_LLM_PROVIDER", "").strip()
# Where models lie that this machine reads itself: the only folder that embedders open.
MODELS_DIR = Path(os.environ.get("CONCORD_MODELS") or DATA_DIR / "models").expanduser().resolve()
# Hosts in our own network that the endpoints of that page may lead to, such as localhost:11434.
ENDPOINT_HOSTS = environment.words("CONCORD_ENDPOINT_HOSTS")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"hide_links": {"()": "config.logs.HideLinks"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["hide_links"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
