"""Settings that hold in every role and place. `embedded`, `production` and `test` build on them."""

from __future__ import annotations

from config import env
from workflows import VERSION

BASE_DIR = env.BASE_DIR

DEBUG = False
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "channels",
    "workflows",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "workflows.api.rate_limits.RateLimits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

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
            ],
        },
    }
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").is_dir() else []
# Files are few and already hashed: whitenoise serves them from where they are, nothing is collected.
WHITENOISE_USE_FINDERS = True

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The limit of one manifest; the specification package refuses larger ones itself with a better message.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["workflows.api.uploading.LimitedFileHandler"]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {"TITLE": "Sluice", "VERSION": VERSION, "SERVE_INCLUDE_SCHEMA": False}

# What the application itself reads through `django.conf.settings`. Durations are milliseconds; of finished
# runs the newest SLUICE_KEEP_RUNS of each namespace are kept, 0 for all. SLUICE_ARTIFACTS_DIR holds the
# folder store of each namespace, by name; uploads are at most so large and wait so long to be used. Folders
# and logs of finished runs go after SLUICE_KEEP_FOLDERS_HOURS, 0 for never; artifacts stay.
SLUICE_KEEP_FOLDERS_HOURS = env.integer("KEEP_FOLDERS_HOURS", 0)
SLUICE_UPLOAD_MAX_BYTES = env.integer("UPLOAD_MAX_MB", 1024) * 1024**2
SLUICE_UPLOAD_EXPIRY_MS = 24 * 3_600_000
SLUICE_EXECUTOR = "process"
SLUICE_EXECUTOR_OPTIONS: dict[str, object] = {}
# Work that needs no process (http, plugin, resource, data templates). Without a folder nobody does it.
SLUICE_AGENT_DIR = ""
SLUICE_EGRESS_ALLOW: list[str] = env.words("EGRESS_ALLOW", [])
SLUICE_EGRESS_REFUSE_PRIVATE = env.boolean("EGRESS_REFUSE_PRIVATE", default=False)
SLUICE_EXECUTOR_PLUGINS: dict[str, str] = env.pairs("EXECUTOR_PLUGINS")
SLUICE_EXECUTOR_PLUGIN_TOKENS: dict[str, str] = env.pairs("EXECUTOR_PLUGIN_TOKENS")
SLUICE_HTTP_MAX_BODY = env.integer("HTTP_MAX_BODY", 1024 * 1024)
SLUICE_HTTP_MAX_SECONDS = env.integer("HTTP_MAX_SECONDS", 3600)
# How many runs may be active at once, in all and in a namespace that has no number of its own, 0 for any; and
# how many launches of one namespace may wait for workers, so that others are not behind them all.
SLUICE_PARALLELISM = env.integer("PARALLELISM", 0)
SLUICE_NAMESPACE_PARALLELISM = env.integer("NAMESPACE_PARALLELISM", 0)
SLUICE_LAUNCH_WINDOW = env.integer("LAUNCH_WINDOW", 400)
# How often one may ask, 0 for no limit: an address, an address or name that signs in, a user who starts runs.
SLUICE_REQUESTS_PER_SECOND = env.integer("REQUESTS_PER_SECOND", 1000)
SLUICE_SIGN_INS_PER_MINUTE = env.integer("SIGN_INS_PER_MINUTE", 20)
SLUICE_SUBMITS_PER_MINUTE = env.integer("SUBMITS_PER_MINUTE", 6000)
# YAML: links and columns that pages are to show besides their own; see docs/operations.
SLUICE_LINKS = env.text("LINKS")
SLUICE_COLUMNS = env.text("COLUMNS")
SLUICE_NAV_COLOR = env.text("NAV_COLOR")
SLUICE_EMBEDDED = False
SLUICE_KEEP_RUNS = 0
# YAML of one artifact repository, for runs whose namespace has none of its own; "" for the local folder.
SLUICE_ARTIFACT_REPOSITORY = env.text("ARTIFACT_REPOSITORY")
SLUICE_ADMIN_PASSWORD = ""
SLUICE_BUS = "local"
# "", or Strict and Secure: runs must come from stored templates and may set only some fields, and these.
SLUICE_TEMPLATE_REFERENCING = env.text("TEMPLATE_REFERENCING")
SLUICE_TEMPLATE_REFERENCING_ALLOW = env.words("TEMPLATE_REFERENCING_ALLOW", [])
# What runs get that do not say otherwise: YAML with metadata and spec of a Workflow.
SLUICE_WORKFLOW_DEFAULTS = env.text("WORKFLOW_DEFAULTS")
# Keys that seal Secrets, newest first; without any they are kept in the file, one a line.
SLUICE_SECRET_KEYS: list[str] = env.words("SECRET_KEYS", [])
SLUICE_SECRET_KEY_FILE = ""
# How long events and slots of schedules are remembered; of the latter at most so many for each schedule.
SLUICE_KEEP_EVENTS_DAYS = env.integer("KEEP_EVENTS_DAYS", 30)
SLUICE_KEEP_SLOTS_DAYS = env.integer("KEEP_SLOTS_DAYS", 90)
SLUICE_KEEP_SLOTS = env.integer("KEEP_SLOTS", 1000)
# How many series of metrics, and how many megabytes of memoized outputs, the runs of one namespace may leave
# behind, and after how many days without use they go, 0 for never. The token opens /metrics without account.
SLUICE_METRIC_SERIES = env.integer("METRIC_SERIES", 1_000)
SLUICE_METRIC_DAYS = env.integer("METRIC_DAYS", 30)
SLUICE_METRICS_TOKEN = env.text("METRICS_TOKEN")
SLUICE_MEMO_MEGABYTES = env.integer("MEMO_MEGABYTES", 256)
SLUICE_MEMO_DAYS = env.integer("MEMO_DAYS", 90)
# HOST:PORT on which engines and workers answer /healthz and /readyz, "" for none.
SLUICE_HEALTH_ADDRESS = env.text("HEALTH_ADDRESS")
SLUICE_LEASE_MS = 15_000
SLUICE_COMMIT_MS = 20
SLUICE_COMMIT_TRANSITIONS = 500
SLUICE_ORDER_DEADLINE_MS = 30_000
SLUICE_SWEEP_MS = 1_000

CELERY_BROKER_URL = "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2.0
CELERY_TASK_DEFAULT_QUEUE = "sluice"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "config.logs.JsonFormatter"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env.text("LOG_FORMAT", "line") == "json" else "line",
        }
    },
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "WARNING")},
}
