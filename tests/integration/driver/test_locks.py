"""Locks between nodes and runs, from the asking to the giving back, with engines that die in between."""

from __future__ import annotations

import pytest

from tests.integration.driver.conftest import takes
from workflows.engine.messages import Kill, ResumeRun, Stop, SuspendRun, Terminate
from workflows.models import ConfigEntry, Lock, LockClaim, LockLimit, Namespace, Signal
from workflows.store import load
from workflows.store.lock_news import forget_idle, synchronization_of

CONTENDERS = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: %s}
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{name: work, template: work, withSequence: {count: "%d"}}]]
    - name: work
      synchronization: %s
      container: {image: busybox, command: ["true"]}
"""
RUN_LEVEL = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: %s}
spec:
  entrypoint: work
  synchronization: %s
  templates: [{name: work, container: {image: busybox, command: ["true"]}}]
"""
MUTEX = "{mutexes: [{name: m}]}"
SEMAPHORE = "{semaphores: [{configMapKeyRef: {name: limits, key: two}}]}"
DATABASE = "{semaphores: [{database: {key: two}}]}"

pytestmark = pytest.mark.argo("12-mutex")


def held() -> int:
    return LockClaim.objects.filter(state="Held").count()


def waiting(run_id: int) -> dict[str, str]:
    """Messages of nodes that wait, by display name."""
    return {node.display_name: node.message for node in load.load_nodes(run_id) if node.at_lock}


def limits(**data: str) -> ConfigEntry:
    home, _ = Namespace.objects.get_or_create(name="team", defaults={"created_at": 0})
    entry, _ = ConfigEntry.objects.update_or_create(
        namespace=home, name="limits", defaults={"data": data, "updated_at": 0}
    )
    return entry


def test_nodes_of_a_mutex_run_one_after_another_in_their_order(make_world):
    world = make_world(takes(10, template="work"))
    run_id = world.submit(CONTENDERS % ("one", 3, MUTEX))
    engine = world.engine()

    engine.work()
    assert waiting(run_id) == dict.fromkeys(
        ["work(1:1)", "work(2:2)"], "Waiting for team/Mutex/m lock. Lock status: 0/1"
    )
    assert held() == 1
    for _ in range(3):
        world.pass_ms(10)
        engine.work()

    assert engine.launched() == [f"one[0].work({n}:{n})" for n in range(3)]
    assert world.run(run_id).phase == "Succeeded"
    assert LockClaim.objects.count() == 0
    assert {node.message for node in load.load_nodes(run_id)} == {""}


@pytest.mark.argo("12-status")
def test_who_waits_is_told_for_whom_and_where_in_the_queue(make_world):
    world = make_world(takes(10, template="work"))
    run_id = world.submit(CONTENDERS % ("one", 3, MUTEX))
    world.engine().work()

    nodes = {node.display_name: node for node in load.load_nodes(run_id)}
    assert nodes["work(2:2)"].waiting == {
        "reason": "lock",
        "lock": "team/Mutex/m",
        "holders": [f"team/one/{nodes['work(0:0)'].id}"],
        "position": 2,
    }
    assert nodes["work(2:2)"].extra == {"synchronizationStatus": {"waiting": "team/Mutex/m"}}
    assert (nodes["work(2:2)"].type, nodes["work(2:2)"].phase) == ("Pod", "Pending")


@pytest.mark.argo("12-semaphore", "12-database-locks")
@pytest.mark.parametrize("kind", [SEMAPHORE, DATABASE], ids=["config-map", "database"])
def test_a_semaphore_lets_in_as_many_as_its_limit_says_now(make_world, kind):
    world = make_world(takes(10, template="work"))
    entry = limits(two="2")
    row = LockLimit.objects.create(namespace=entry.namespace, key="two", limit=2, updated_at=0)
    run_id = world.submit(CONTENDERS % ("one", 9, kind))
    engine = world.engine()

    engine.work()
    assert (held(), len(waiting(run_id))) == (2, 7)

    limits(two="5")
    LockLimit.objects.filter(pk=row.pk).update(limit=5)
    engine.sweep(after_ms=1_000)
    assert len(engine.launched()) == 2 + 5

    for _ in range(2):
        world.pass_ms(10)
        engine.work()
    assert world.run(run_id).phase == "Succeeded"


@pytest.mark.argo("12-semaphore")
@pytest.mark.parametrize("data", [{}, {"two": "many"}, {"two": "0"}], ids=["missing", "no-number", "zero"])
def test_a_semaphore_without_a_limit_is_an_error(make_world, data):
    world = make_world()
    limits(**data)
    run_id = world.submit(CONTENDERS % ("one", 1, SEMAPHORE))

    world.engine().work()

    node = load.load_nodes(run_id)[-1]
    assert (node.type, node.phase) == ("Skipped", "Error")
    assert node.message == "failed to initialize semaphore team/ConfigMap/limits/two with limit"
    assert world.run(run_id).phase == "Failed"


def test_a_limit_that_disappears_stays_what_it_was(make_world):
    world = make_world(takes(10, template="work"))
    entry = limits(two="2")
    run_id = world.submit(CONTENDERS % ("one", 4, SEMAPHORE))
    engine = world.engine()
    engine.work()

    entry.delete()
    for _ in range(2):
        world.pass_ms(10)
        engine.work()

    assert world.run(run_id).phase == "Succeeded"


@pytest.mark.argo("12-levels", "2-synchronization")
def test_a_run_waits_pending_for_its_lock(make_world):
    world = make_world(takes(10))
    first = world.submit(RUN_LEVEL % ("first", MUTEX))
    engine = world.engine()
    engine.work()
    second = world.submit(RUN_LEVEL % ("second", MUTEX))
    engine.work()

    run = world.run(second)
    assert (run.phase, run.message) == ("Pending", "Waiting for team/Mutex/m lock. Lock status: 0/1")
    assert run.started_at is None
    world.pass_ms(10)
    engine.work()
    assert (world.run(first).phase, world.run(second).phase) == ("Succeeded", "Running")
    world.pass_ms(10)
    engine.work()
    assert (world.run(second).phase, world.run(second).message) == ("Succeeded", "")
    assert LockClaim.objects.count() == 0


@pytest.mark.parametrize("wish", [Stop(), Terminate()], ids=["stop", "terminate"])
def test_a_stopped_run_that_waits_leaves_the_queue_and_ends(make_world, wish):
    world = make_world(takes(10))
    world.submit(RUN_LEVEL % ("first", MUTEX))
    engine = world.engine()
    engine.work()
    second = world.submit(RUN_LEVEL % ("second", MUTEX))
    engine.work()

    world.signal(second, wish)
    engine.work()

    run = world.run(second)
    strategy = type(wish).__name__
    assert (run.phase, run.message) == ("Failed", f"Stopped with strategy '{strategy}'")
    assert LockClaim.objects.filter(run_id=second).count() == 0


def test_nodes_that_wait_fail_with_the_stopped_run(make_world):
    world = make_world(takes(10**6, template="work"))
    run_id = world.submit(CONTENDERS % ("one", 3, MUTEX))
    engine = world.engine()
    engine.work()

    world.signal(run_id, Stop())
    engine.work()

    messages = {node.display_name: node.message for node in load.load_nodes(run_id)}
    assert messages["work(1:1)"] == "Stopped with strategy 'Stop'"
    assert all(node.extra is None for node in load.load_nodes(run_id))
    assert world.run(run_id).phase == "Failed"
    assert LockClaim.objects.count() == 0


def test_a_suspended_run_gives_its_turn_to_others(make_world):
    world = make_world(takes(10, template="work"))
    first = world.submit(CONTENDERS % ("first", 2, MUTEX))
    engine = world.engine()
    engine.work()
    second = world.submit(CONTENDERS % ("second", 1, MUTEX))
    engine.work()

    world.signal(first, SuspendRun())
    engine.work()
    world.pass_ms(10)
    engine.work()
    assert engine.launched() == ["first[0].work(0:0)", "second[0].work(0:0)"]

    world.signal(first, ResumeRun())
    engine.work()
    for _ in range(3):
        world.pass_ms(10)
        engine.work()
    assert (world.run(first).phase, world.run(second).phase) == ("Succeeded", "Succeeded")


@pytest.mark.argo("12-queue-order")
def test_priority_goes_before_age(make_world):
    world = make_world(takes(10, template="work"))
    engine = world.engine()
    for name, priority in (("first", 0), ("old", 0), ("urgent", 5)):
        text = CONTENDERS % (name, 1, MUTEX)
        world.submit(text.replace("spec:", f"spec:\n  priority: {priority}"))
        engine.work()
        world.pass_ms(1)
    for _ in range(3):
        world.pass_ms(10)
        engine.work()

    assert [name.split("[")[0] for name in engine.launched()] == ["first", "urgent", "old"]


@pytest.mark.argo("12-several-locks")
def test_who_waits_for_another_lock_stands_in_nobodys_way(make_world):
    world = make_world(takes(10, template="work"), takes(1000, template="long"))
    engine = world.engine()
    long = (CONTENDERS % ("long", 1, "{mutexes: [{name: b}]}")).replace("work", "long")
    world.submit(long)
    engine.work()
    both = world.submit(CONTENDERS % ("both", 1, "{mutexes: [{name: a}, {name: b}]}"))
    engine.work()
    world.pass_ms(1)
    alone = world.submit(CONTENDERS % ("alone", 1, "{mutexes: [{name: a}]}"))
    engine.work()
    world.pass_ms(10)
    engine.work()

    assert world.run(alone).phase == "Succeeded"
    assert waiting(both) == {"work(0:0)": "Waiting for team/Mutex/b lock. Lock status: 0/1"}
    world.pass_ms(1000)
    engine.work()
    world.pass_ms(10)
    engine.work()
    assert world.run(both).phase == "Succeeded"


@pytest.mark.argo("12-several-locks")
def test_who_wants_two_busy_locks_is_not_passed_for_ever(make_world):
    """Two streams of runs keep a and b busy, never free at the same moment."""
    world = make_world(takes(10, template="work"))
    engine = world.engine()

    def submit(name: str, lock: str) -> None:
        world.submit(CONTENDERS % (name, 1, f"{{mutexes: [{{name: {lock}}}]}}"))
        engine.work()

    submit("a-0", "a")
    world.pass_ms(5)
    engine.work()
    submit("b-0", "b")
    both = world.submit(CONTENDERS % ("both", 1, "{mutexes: [{name: a}, {name: b}]}"))
    engine.work()
    for turn in range(1, 12):
        submit(f"a-{turn}", "a")
        world.pass_ms(5)
        engine.work()
        submit(f"b-{turn}", "b")
        world.pass_ms(5)
        engine.work()

    assert world.run(both).phase == "Succeeded"


@pytest.mark.argo("12-restart-behaviour")
@pytest.mark.parametrize("cut", range(1, 12))
def test_a_dead_engine_loses_and_doubles_no_lock(make_world, cut):
    """The engine dies after `cut` steps; another takes over what is running and what waits."""
    world = make_world(takes(10, template="work"))
    first_run = world.submit(CONTENDERS % ("first", 3, MUTEX))
    second_run = world.submit(RUN_LEVEL % ("second", MUTEX))
    engine = world.engine(sole=True)
    for _ in range(cut):
        engine.driver.step()
        if not engine.driver.busy:
            world.pass_ms(4)
    engine.crash()

    engine = world.engine(sole=True)
    most = 0
    for _ in range(12):
        engine.work()
        most = max(most, held())
        world.pass_ms(10)
    engine.work()

    assert most == 1
    assert (world.run(first_run).phase, world.run(second_run).phase) == ("Succeeded", "Succeeded")
    assert LockClaim.objects.count() == 0


@pytest.mark.argo("12-restart-behaviour")
def test_two_engines_share_a_lock(make_world):
    world = make_world(takes(10, template="work"))
    first_run = world.submit(CONTENDERS % ("first", 2, MUTEX))
    one = world.engine()
    one.work()
    second_run = world.submit(CONTENDERS % ("second", 2, MUTEX))
    two = world.engine()
    two.work()
    assert (len(one.driver.held), len(two.driver.held)) == (1, 1)
    world.executor.open(lambda uid, facts: [e.driver.inbox.report(uid, facts) for e in (one, two)] and None)

    for _ in range(6):
        world.pass_ms(10)
        for engine in (one, two):
            engine.work()
        assert held() <= 1

    assert (world.run(first_run).phase, world.run(second_run).phase) == ("Succeeded", "Succeeded")
    assert Signal.objects.count() == 0


@pytest.mark.argo("12-status")
def test_places_in_the_queue_are_told_anew_now_and_then(make_world):
    world = make_world(takes(10, template="work"))
    run_id = world.submit(CONTENDERS % ("one", 4, MUTEX))
    engine = world.engine()
    engine.work()
    world.pass_ms(10)
    engine.work()

    def places() -> dict[str, int]:
        return {n.display_name: n.waiting["position"] for n in load.load_nodes(run_id) if n.at_lock}

    assert places() == {"work(2:2)": 2, "work(3:3)": 3}
    world.clock.pass_ms(5_000)
    engine.work()
    assert places() == {"work(2:2)": 1, "work(3:3)": 2}


@pytest.mark.argo("12-status")
def test_a_run_tells_what_it_holds_and_waits_for_as_argo_does(make_world):
    world = make_world(takes(10, template="work"))
    limits(two="1")
    mutex, semaphore = (
        world.submit(CONTENDERS % ("m", 2, MUTEX)),
        world.submit(CONTENDERS % ("s", 2, SEMAPHORE)),
    )
    world.engine().work()

    holder = {name: load.load_nodes(run)[2].id for name, run in (("m", mutex), ("s", semaphore))}
    assert synchronization_of(mutex, "team/m") == {
        "mutex": {
            "holding": [{"mutex": "team/Mutex/m", "holder": f"team/m/{holder['m']}"}],
            "waiting": [{"mutex": "team/Mutex/m", "holder": f"team/m/{holder['m']}"}],
        }
    }
    lock = "team/ConfigMap/limits/two"
    assert synchronization_of(semaphore, "team/s") == {
        "semaphore": {
            "holding": [{"semaphore": lock, "holders": [f"team/s/{holder['s']}"]}],
            "waiting": [{"semaphore": lock, "holders": [f"team/s/{holder['s']}"]}],
        }
    }


def test_locks_that_nobody_wants_are_forgotten(make_world):
    world = make_world(takes(10, template="work"))
    world.submit(CONTENDERS % ("one", 1, MUTEX))
    engine = world.engine()
    engine.work()
    forget_idle()
    assert Lock.objects.count() == 1

    world.pass_ms(10)
    engine.work()
    forget_idle()
    assert Lock.objects.count() == 0


def test_a_lock_is_free_only_when_the_process_has_ended(make_world):
    world = make_world(takes(10**6, template="work"))
    run_id = world.submit(CONTENDERS % ("one", 1, MUTEX))
    engine = world.engine()
    engine.work()

    engine.lose_orders = True
    world.signal(run_id, Terminate())
    engine.work()
    assert (world.run(run_id).phase, held()) == ("Failed", 1)

    engine.lose_orders = False
    engine.executor.kill([order for order in engine.sent if isinstance(order, Kill)])
    engine.work()
    assert held() == 0
