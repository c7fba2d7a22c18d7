"""Several processes on PostgreSQL and RabbitMQ or Redis. Refuses to start on a missing setting."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.settings.base import *  # noqa: F403

SECRET_KEY = env.text("SECRET_KEY")
CELERY_BROKER_URL = env.text("BROKER_URL")
_database = env.database("DATABASE_URL")
if not (SECRET_KEY and CELERY_BROKER_URL and _database):
    raise ImproperlyConfigured("set SLUICE_SECRET_KEY, SLUICE_DATABASE_URL and SLUICE_BROKER_URL")

DATABASES = {
    "default": _database
    | {"OPTIONS": {"pool": {"min_size": 1, "max_size": env.integer("DATABASE_POOL", 16)}}}
}
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", [])
CSRF_TRUSTED_ORIGINS = env.words("TRUSTED_ORIGINS", [])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

SLUICE_DATA_DIR = env.data_dir()
SLUICE_ARTIFACTS_DIR = SLUICE_DATA_DIR / "artifacts"
SLUICE_AGENT_DIR = str(SLUICE_DATA_DIR / "agent")
SLUICE_INCOMING_DIR = SLUICE_DATA_DIR / "incoming"
SLUICE_SECRET_KEY_FILE = str(SLUICE_DATA_DIR / "secrets.keys")
SLUICE_KEEP_RUNS = env.integer("KEEP_RUNS", 0)
SLUICE_EXECUTOR = env.text("EXECUTOR", "process")
SLUICE_EXECUTOR_OPTIONS = {"process": {"root": SLUICE_DATA_DIR / "process"}}
SLUICE_BUS = "postgresql"

CELERY_WORKER_CONCURRENCY = env.integer("WORKER_CONCURRENCY", 8)
CELERY_WORKER_PREFETCH_MULTIPLIER = 8
