"""For the test suite: a database file of its own, or the PostgreSQL of SLUICE_TEST_POSTGRES."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from config import env
from config.settings.base import *  # noqa: F403
from config.settings.sqlite import database

SECRET_KEY = "only-for-tests"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SLUICE_DATA_DIR = Path(tempfile.gettempdir()) / f"sluice-test-{os.getpid()}"
SLUICE_ARTIFACTS_DIR = SLUICE_DATA_DIR / "artifacts"
SLUICE_INCOMING_DIR = SLUICE_DATA_DIR / "incoming"

_file = SLUICE_DATA_DIR.with_suffix(".sqlite3")
DATABASES = {
    # Threads of one test share the database, so it is a file and not in memory.
    "default": env.database("TEST_POSTGRES") or database(_file) | {"TEST": {"NAME": str(_file)}},
}
SLUICE_SECRET_KEYS = ["b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMtMDE="]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SLUICE_EXECUTOR = "simulated"
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.001}
