"""The default: one process with SQLite (or a given database) and an in-memory broker, for small teams."""

from __future__ import annotations

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.sqlite import database
from workflows.executors.process import ProcessSettings

SLUICE_DATA_DIR = env.data_dir()
SLUICE_ARTIFACTS_DIR = SLUICE_DATA_DIR / "artifacts"
SLUICE_AGENT_DIR = str(SLUICE_DATA_DIR / "agent")
SLUICE_INCOMING_DIR = SLUICE_DATA_DIR / "incoming"
SECRET_KEY = env.secret_key(SLUICE_DATA_DIR)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
DATABASES = {"default": env.database("DATABASE_URL") or database(SLUICE_DATA_DIR / "sluice.sqlite3")}

SLUICE_EMBEDDED = True
SLUICE_SECRET_KEY_FILE = str(SLUICE_DATA_DIR / "secrets.keys")
SLUICE_KEEP_RUNS = env.integer("KEEP_RUNS", 0)
SLUICE_EXECUTOR = env.text("EXECUTOR", "process")
SLUICE_EXECUTOR_OPTIONS = {
    "process": {
        "root": SLUICE_DATA_DIR / "process",
        "settings": ProcessSettings(shared_folders=tuple(env.shared_folders(SLUICE_DATA_DIR / "shared"))),
    }
}
SLUICE_ADMIN_PASSWORD = env.text("ADMIN_PASSWORD")

# An idle poll of the queue every millisecond costs about 5 % of one core; every five, 1 to 2 %.
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.002}
CELERY_WORKER_CONCURRENCY = 4
CELERY_WORKER_PREFETCH_MULTIPLIER = 16
