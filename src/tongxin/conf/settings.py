"""Settings: one file, driven by the environment; the defaults serve one office computer.

Environment: TONGXIN_DATA_DIR, DATABASE_URL, TONGXIN_SECRET_KEY, TONGXIN_FIELD_KEYS, TONGXIN_HOSTS, TONGXIN_HTTPS,
TONGXIN_PROXIES, TONGXIN_S3_BUCKET (+ the AWS_* variables), TONGXIN_EMAIL_URL, TONGXIN_DEBUG. docs/running.md explains
each.
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from tongxin.conf import secrets

ROOT = Path(__file__).resolve().parents[3]
DATA_DIR = Path(os.environ.get("TONGXIN_DATA_DIR") or ROOT / ".data").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

DEBUG = os.environ.get("TONGXIN_DEBUG") == "1"
HTTPS = os.environ.get("TONGXIN_HTTPS") == "1"
SECRET_KEY = os.environ.get("TONGXIN_SECRET_KEY") or secrets.kept(DATA_DIR / "secret.key")
FIELD_KEYS = (os.environ.get("TONGXIN_FIELD_KEYS") or secrets.kept(DATA_DIR / "fields.key")).split(",")
ALLOWED_HOSTS = (os.environ.get("TONGXIN_HOSTS") or "*").split(",")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if HTTPS and host != "*"]

INSTALLED_APPS = [
    "tongxin.kernel",
    "tongxin.people",
    "tongxin.hear.concerns",
    "tongxin.hear.stations",
    "tongxin.hear.contact",
    "tongxin.carry.recognition",
    "tongxin.carry.briefs",
    "tongxin.carry.research",
    "tongxin.account.figures",
    "tongxin.account.circle",
    "tongxin.portal",
    "tongxin.shell",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tongxin.shell.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "tongxin.shell.outbox.Answers",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "tongxin.people.middleware.CurrentActor",
    "tongxin.shell.middleware.WrongWay",
    "tongxin.shell.middleware.FreshCounts",
    "tongxin.shell.middleware.BodyLimit",
    "tongxin.kernel.web.DoorErrors",
]

ROOT_URLCONF = "tongxin.conf.urls"
WSGI_APPLICATION = "tongxin.conf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "tongxin.shell.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "tongxin.shell.templatetags.tongxin"],
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'tongxin.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000; "
        "PRAGMA secure_delete=ON;",  # what was erased is overwritten in the file, not only forgotten
    }
else:
    # A search over a million documents is reckoned dear enough to be compiled first: 200 ms for a query of 40.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Throttles must be counted once for all processes, so the shared cache is a table; what a process may
# remember for a few seconds by itself lives in "local". Django's own limit of 300 entries would let whoever tries many
# names push the counts of wrong passwords out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "tongxin_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}},
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["tongxin.people.signin.NameOrPhoneBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tongxin.people.signin.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "30/m/ip,5/15m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "同心"
USERSESSIONS_TRACK_ACTIVITY = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["tongxin.conf.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
NODE_MODULES = ROOT / "node_modules"
STATICFILES_DIRS = [
    ("bootstrap", NODE_MODULES / "bootstrap/dist"),
    ("htmx", NODE_MODULES / "htmx.org/dist"),
]
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "map"]
ICONS = NODE_MODULES / "@tabler/icons/icons/outline"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if bucket := os.environ.get("TONGXIN_S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": os.environ.get("AWS_S3_ENDPOINT_URL") or None,
            "region_name": os.environ.get("AWS_S3_REGION_NAME") or None,
            # Stores that are not Amazon's seldom have a host name for each bucket.
            "addressing_style": "path" if os.environ.get("AWS_S3_ENDPOINT_URL") else "auto",
            "default_acl": "private",
            "file_overwrite": False,
        },
    }

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 60  # the forms take fewer and say so; this many are still read, so no text is lost
ADDRESS_LIMIT = 8 * 1024  # bytes of path and query, some 900 Chinese characters; no page of ours asks for so much
REQUEST_LIMIT = 100 * 1024 * 1024  # bytes of a whole request; six pictures as a telephone takes them are less
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tongxin.shell.views.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
TRUSTED_PROXIES = int(os.environ.get("TONGXIN_PROXIES") or 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

if url := os.environ.get("TONGXIN_EMAIL_URL"):
    EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_SSL = secrets.email(url)
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 30  # seconds; without it a mail server that does not answer stops the worker for good

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"receipts": {"()": "tongxin.kernel.logs.WithoutReceipts"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["receipts"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},  # what somebody may not open is no fault of ours
}
