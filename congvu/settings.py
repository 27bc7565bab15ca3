"""Settings, all of them: read from the environment or from `.env`, with safe defaults.

`.env.example` lists every variable; `tests/test_project.py` fails when the two differ.
"""

import sys
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- What an installation sets -------------------------------------------------------------

DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY: str = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "Chưa có SECRET_KEY. Hãy đặt biến môi trường SECRET_KEY (hoặc ghi vào tệp .env) bằng "
            "một chuỗi ngẫu nhiên dài ít nhất 50 ký tự; chỉ khi DEBUG=on mới được bỏ trống."
        )
    SECRET_KEY = "chi-dung-tren-may-cua-nguoi-phat-trien-" + "0" * 20
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
if DEBUG and not ALLOWED_HOSTS:
    ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Behind nginx the application is reached over HTTPS only; off for a trial on one machine.
HTTPS_ONLY: bool = env.bool("HTTPS_ONLY", default=not DEBUG)
# How many proxies stand in front: the trail notes the address that the outermost one saw.
PROXY_COUNT: int = env.int("PROXY_COUNT", default=0)

DATABASES = {
    "default": env.db_url_config(
        env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / 'db.sqlite3'}"
    ),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL lets people read while one writes; IMMEDIATE takes the write lock at the start of a
    # transaction, where waiting is possible, and not in its middle, where SQLite gives up.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Compiling a query takes longer than any of ours runs.
    DATABASES["default"]["OPTIONS"] = {
        "options": "-c jit=off",
        **DATABASES["default"].get("OPTIONS", {}),
    }

# A relative path starts beside manage.py, wherever the process was started.
MEDIA_ROOT = BASE_DIR / env.str("MEDIA_ROOT", default="media")
EVIDENCE_ROOT = BASE_DIR / env.str("EVIDENCE_ROOT", default="evidence")
STATIC_ROOT = BASE_DIR / env.str("STATIC_ROOT", default="staticfiles")

# --- Protections of sign-in: the defaults are those of the security level in domain.md -----

PASSWORD_MIN_LENGTH: int = env.int("PASSWORD_MIN_LENGTH", default=14)
LOGIN_FAILURE_LIMIT: int = env.int("LOGIN_FAILURE_LIMIT", default=5)
LOGIN_LOCK_MINUTES: int = env.int("LOGIN_LOCK_MINUTES", default=30)
SESSION_IDLE_MINUTES: int = env.int("SESSION_IDLE_MINUTES", default=15)
ADMIN_SESSION_IDLE_MINUTES: int = env.int("ADMIN_SESSION_IDLE_MINUTES", default=5)
ACCOUNT_IDLE_DAYS: int = env.int("ACCOUNT_IDLE_DAYS", default=45)
# Months that the trail is kept before `tidy` removes entries.
TRAIL_KEEP_MONTHS: int = env.int("TRAIL_KEEP_MONTHS", default=12)

# --- Reminders ------------------------------------------------------------------------------

# How e-mail leaves, as an address: smtp+tls://NAME:PASSWORD@HOST:587. Empty: no e-mail is sent,
# and what waits is told in the application alone.
_MAIL: dict[str, Any] = env.email_url_config(env.str("EMAIL_URL", default="") or "dummymail://")
EMAIL_BACKEND: str = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST: str = _MAIL.get("EMAIL_HOST") or "localhost"
EMAIL_PORT: int = _MAIL.get("EMAIL_PORT") or 25
EMAIL_HOST_USER: str = _MAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD: str = _MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS: bool = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL: bool = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH: str = _MAIL.get("EMAIL_FILE_PATH") or ""
# Seconds that the mail server may take for one answer.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL: str = env.str("EMAIL_FROM", default="congvu@localhost")
# Where people open the application: links in e-mails begin so. Empty: e-mails have no links.
SITE_URL: str = env.str("SITE_URL", default="").rstrip("/")
# Days before the due day on which a remedy is told of; once overdue, each full week.
REMIND_DAYS_BEFORE: list[int] = env.list("REMIND_DAYS_BEFORE", cast=int, default=[7, 3, 1])
# From which week overdue the head of the unit is told too, and then the inspecting body.
REMIND_HEAD_FROM_WEEK: int = env.int("REMIND_HEAD_FROM_WEEK", default=2)
REMIND_BODY_FROM_WEEK: int = env.int("REMIND_BODY_FROM_WEEK", default=4)
# How often an e-mail is tried before administrators are told.
MAIL_TRIES: int = env.int("MAIL_TRIES", default=6)
# Months that notices and e-mails are kept before `tidy` removes them.
NOTICE_KEEP_MONTHS: int = env.int("NOTICE_KEEP_MONTHS", default=12)

# --- Evidence -------------------------------------------------------------------------------

# A picture of more megapixels is refused before it is decoded: 52 covers what telephones call 50.
EVIDENCE_MEGAPIXELS: int = env.int("EVIDENCE_MEGAPIXELS", default=52)
# A PNG cannot be read at a part of its size, as a photograph can: it takes fewer.
EVIDENCE_PNG_MEGAPIXELS: int = env.int("EVIDENCE_PNG_MEGAPIXELS", default=25)
# Pictures are kept with no side longer than this, in pixels.
EVIDENCE_LONGEST_SIDE: int = env.int("EVIDENCE_LONGEST_SIDE", default=2560)

# --- Conclusions and minutes ------------------------------------------------------------------

# Days from a conclusion's day within which each kind of demand is proposed to be met; a kind that
# is not named gets no day. Discipline by law: 90, and 150 where the case is complicated.
REMEDY_DAYS: dict[str, str] = env.dict(
    "REMEDY_DAYS",
    default={
        "REVIEW": "30", "DISCIPLINE": "90", "EXPLAIN_RECTIFY": "30", "REMIND": "15",
        "RECTIFY_ON_SITE": "1", "CRITICIZE": "15", "APOLOGIZE": "15", "REASSIGN": "60",
        "TRAIN": "90", "SETTLE_CASE": "30", "AMEND_RULES": "45", "RECOMMEND": "60",
        "TRANSFER": "15",
    },
)  # fmt: skip
COMPLICATED_DISCIPLINE_DAYS: int = env.int("COMPLICATED_DISCIPLINE_DAYS", default=150)
# The Word template of the minutes; a province may put one of its own in place.
MINUTES_TEMPLATE = BASE_DIR / env.str("MINUTES_TEMPLATE", default="fixtures/word/bien_ban.docx")

# --- The workbook ---------------------------------------------------------------------------

# Where the reading of an uploaded workbook runs: "process" keeps a large or hostile file out of
# the web worker; "inline" is for tests.
IMPORT_RUNNER: str = env.str("IMPORT_RUNNER", default="process")

# A trial with illustrative data, as `make run` sets it up; every page then says so.
DEMO: bool = env.bool("DEMO", default=False)
# Password of the trial accounts that `load_demo` makes, in a trial only.
DEMO_PASSWORD: str = env.str("DEMO_PASSWORD", default="Congvu@demo-2026")

# --- What is the same everywhere ------------------------------------------------------------

TESTING = "pytest" in sys.modules

INSTALLED_APPS = [
    "congvu",
    "units",
    "accounts",
    "notices",
    "directives",
    "inspections",
    "findings",
    "field",
    "reports",
    "exchange",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "django_filters",
    "django_htmx",
    "template_partials",
]

MIDDLEWARE = [
    "congvu.health.answered_first",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "congvu.middleware.content_policy",
    "congvu.middleware.trail_origin",
    "congvu.middleware.Conflicts",
    "accounts.middleware.session_idle",
    "accounts.middleware.password_change_due",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "congvu.urls"
WSGI_APPLICATION = "congvu.wsgi.application"

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
                "congvu.context.frame",
            ],
            "builtins": ["congvu.templatetags.congvu_text", "congvu.templatetags.congvu_ui"],
        },
    },
]
# Form fields are drawn by templates/django/forms/, so that all forms look alike.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.AccountBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.FourClassesValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"

AXES_FAILURE_LIMIT = LOGIN_FAILURE_LIMIT
AXES_COOLOFF_TIME = LOGIN_LOCK_MINUTES / 60
# The account is locked, wherever the failures came from: the security level asks for that, and an
# attacker with many addresses gains nothing.
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_VERBOSE = False
AXES_IPWARE_PROXY_COUNT = PROXY_COUNT or None

SESSION_COOKIE_AGE = SESSION_IDLE_MINUTES * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "congvu.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
if HTTPS_ONLY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
LOCALE_PATHS = [BASE_DIR / "congvu" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
# Years, codes and keys must never be grouped: 2.023 is no year. Counts are grouped by `|so`.
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = "congvu.formats"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Photographs and documents of visits: never inside the web root.
    "evidence": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": EVIDENCE_ROOT},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
# Tests serve static files from where they lie; the folder of collected ones need not exist.
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
# Uploaded files are handed out by views that check scope, never by address: there is no MEDIA_URL.
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"secrets": {"()": "congvu.logs.WithoutSecrets"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["secrets"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Without handlers of its own: every line goes through the one above.
        "django": {"level": "INFO"},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "axes": {"level": "WARNING"},
    },
}
