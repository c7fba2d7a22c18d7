"""An engine that takes one step at a time, with simulated nodes and a clock that stands still."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from tests.conftest import FakeClock
from workflows.driver.loop import Driver
from workflows.driver.options import DriverOptions
from workflows.engine import Run
from workflows.engine.messages import Kill, Launch, Order, Signal
from workflows.executors.base import Executor
from workflows.executors.simulated import ManualClock, Outcome, Rule, SimulatedExecutor, by_rules
from workflows.models import Namespace
from workflows.models import Run as RunRow
from workflows.store import bus, load, signals
from workflows.store.create import NewRun, create_run


@dataclass
class World:
    """What outlives an engine: the database, the executor with its processes, the time."""

    clock: FakeClock
    executor: SimulatedExecutor
    executor_clock: ManualClock
    engines: list[Engine] = field(default_factory=list)

    def submit(self, text: str, *, namespace: str = "team") -> int:
        """The row id of a new run of a manifest."""
        home, _ = Namespace.objects.get_or_create(name=namespace, defaults={"created_at": 0})
        workflow = yaml.safe_load(text)
        run = Run(
            uid=str(uuid.uuid4()),
            name=workflow["metadata"]["name"],
            namespace=namespace,
            created_at=self.clock.now(),
        )
        run_id = create_run(
            NewRun(
                run=run,
                namespace_id=home.id,
                creator_id=None,
                creator_name="ada",
                text=text,
                workflow=workflow,
                library={},
            )
        )
        bus.current().wake(run.uid)
        return run_id

    def signal(self, run_id: int, *wishes: Signal) -> None:
        signals.post(run_id, wishes, now=self.clock.now())
        bus.current().wake(self.run(run_id).uid)

    def pass_ms(self, milliseconds: int) -> None:
        self.clock.pass_ms(milliseconds)
        self.executor_clock.advance(milliseconds)

    def run(self, run_id: int) -> Run:
        stored = load.load_run(run_id)
        assert stored is not None
        return stored.run

    def row(self, run_id: int) -> RunRow:
        return RunRow.objects.get(id=run_id)

    def phases(self, run_id: int) -> dict[str, str]:
        """Phases of nodes by display name."""
        return {node.display_name: node.phase for node in load.load_nodes(run_id)}

    def engine(self, *, executor: Executor | None = None, **options: Any) -> Engine:
        engine = Engine(self, executor or self.executor, DriverOptions(**options))
        self.engines.append(engine)
        return engine


class Engine:
    """One engine. Orders reach the executor at once unless `lose_orders` is set."""

    def __init__(self, world: World, executor: Executor, options: DriverOptions) -> None:
        self.world = world
        self.executor = executor
        self.sent: list[Order] = []
        self.lose_orders = False
        self.driver = Driver(executor=executor, send=self._send, options=options)
        executor.open(self.driver.inbox.report)
        self.driver.join()

    def _send(self, orders: Sequence[Order]) -> bool:
        self.sent.extend(orders)
        if not self.lose_orders:
            self.executor.launch([order for order in orders if isinstance(order, Launch)])
            self.executor.kill([order for order in orders if isinstance(order, Kill)])
        return True

    def work(self, most: int = 200) -> None:
        """Until nothing is left to do at this time."""
        self.driver.step()
        for _ in range(most):
            if not self.driver.busy:
                return
            self.driver.step()
        raise AssertionError("the engine does not come to rest")

    def sweep(self, after_ms: int = 1_000) -> None:
        self.world.pass_ms(after_ms)
        self.work()

    def crash(self) -> None:
        """Gone without a word: leases stay, nothing pending is written."""
        self.driver._end_hints()
        self.driver.held.drop_all()

    def launched(self) -> list[str]:
        return [order.node_name for order in self.sent if isinstance(order, Launch)]


MakeWorld = Callable[..., World]


@pytest.fixture
def make_world(transactional_db: None, fake_clock: FakeClock) -> Any:
    """make_world(*rules) -> World whose pods end as the rules say, all others succeed at once."""
    bus.current.cache_clear()
    worlds: list[World] = []

    def make(*rules: Rule) -> World:
        executor_clock = ManualClock(fake_clock.ms)
        world = World(fake_clock, SimulatedExecutor(by_rules(rules), clock=executor_clock), executor_clock)
        worlds.append(world)
        return world

    yield make
    for world in worlds:
        for engine in world.engines:
            engine.crash()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()


def takes(milliseconds: int, *, template: str = "*", phase: str = "Succeeded") -> Rule:
    return Rule(Outcome(phase=phase, duration_ms=milliseconds), template=template)
