"""Everything in one process: web, engine and worker. Sets up an empty data folder by itself."""

from __future__ import annotations

import signal
import socket
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.errors import EnvironmentFault
from workflows.services.first_start import SignIn, prepare
from workflows.store import lock

_SHUTDOWN_S = 1
_BACKLOG = 128


class Command(BaseCommand):
    help = "Run web, engine and worker in one process, for laptops and small teams."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SLUICE_EMBEDDED:
            raise CommandError(
                "these settings are for separate processes: start `engine`, a Celery worker and uvicorn"
            )
        listener = _listen(options["host"], options["port"])
        try:
            lock.hold(settings.SLUICE_DATA_DIR)
        except EnvironmentFault as fault:
            raise CommandError(fault.message) from fault
        sign_in = prepare(settings.SLUICE_DATA_DIR, password=settings.SLUICE_ADMIN_PASSWORD)
        self._greet(options["host"], listener.getsockname()[1], sign_in)
        module, _, name = settings.ASGI_APPLICATION.rpartition(".")
        config = uvicorn.Config(
            f"{module}:{name}",
            lifespan="on",
            log_level="warning",
            timeout_graceful_shutdown=_SHUTDOWN_S,
            ws_max_size=64 * 1024,
        )
        server = uvicorn.Server(config)
        # After its clean end uvicorn sends itself the signal that ended it: that is not to end the process.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        server.run(sockets=[listener])
        if not server.started:
            raise CommandError("the server could not start, see above")
        self.stdout.write("Stopped. Unfinished runs go on at the next start.")

    def _greet(self, host: str, port: int, sign_in: SignIn) -> None:
        self.stdout.write(f"Sluice is at http://{host}:{port}/ (stop with Ctrl-C)")
        if sign_in.created and sign_in.password is not None:
            self.stdout.write(f"Sign in as {sign_in.user!r} with password {sign_in.password!r}.")
            self.stdout.write(f"The password is kept in {settings.SLUICE_DATA_DIR}/admin-password.")
        elif sign_in.password is not None:
            self.stdout.write(
                f"Sign in as {sign_in.user!r}; password: see {settings.SLUICE_DATA_DIR}/admin-password."
            )
        else:
            self.stdout.write(f"Sign in as {sign_in.user!r}.")


def _listen(host: str, port: int) -> socket.socket:
    """Bound before anything else is touched, so that a taken port changes nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as fault:
        listener.close()
        raise CommandError(f"cannot listen on {host}:{port}: {fault.strerror}; try another --port") from fault
    # From here on browsers may knock: they are answered as soon as the server is ready.
    listener.listen(_BACKLOG)
    return listener
