"""The engine role of a production installation. Any number of these share the work."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from workflows.driver import collector
from workflows.driver import options as driver_options
from workflows.driver.loop import Driver
from workflows.executors import dispatch, registry
from workflows.services.health import HealthServer
from workflows.services.housekeeping import Housekeeper
from workflows.services.scheduler import Scheduler

_STOP_S = 4.0
#: executors whose processes belong to the worker that started them
_WITH_WORKERS = frozenset({"process", "simulated"})


class Command(BaseCommand):
    help = "Run one engine: it leases runs, decides what happens next and orders it from the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SLUICE_EXECUTOR in _WITH_WORKERS:
            registry.configure("elsewhere", {})
        driver = Driver(
            executor=registry.current(),
            send=dispatch.send,
            options=driver_options.from_settings(sole=False),
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            # In a thread, as the handler may interrupt the main thread where it holds the lock `stop` wants.
            signal.signal(number, lambda *_: threading.Thread(target=driver.stop).start())
        registry.open_once(driver.inbox.report)
        collector.tune()
        housekeeper = Housekeeper()
        housekeeper.start()
        scheduler = Scheduler()
        scheduler.start()
        health = _health(driver)
        self.stdout.write("The engine is running (stop with Ctrl-C).")
        try:
            driver.run()
        finally:
            if health is not None:
                health.stop()
            scheduler.stop(_STOP_S)
            housekeeper.stop(_STOP_S)
            registry.close()


def _health(driver: Driver) -> HealthServer | None:
    address = settings.SLUICE_HEALTH_ADDRESS
    if not address:
        return None
    server = HealthServer(address, healthy=driver.vitals.sickness, ready=driver.vitals.unreadiness)
    server.start()
    return server
