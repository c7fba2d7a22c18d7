"""Claims of several locks at once: limits hold, nothing is half granted, everybody has a turn."""

from __future__ import annotations

import random
import threading
from collections import Counter

import pytest
from django.db import connection

from workflows.engine.messages import AcquireLocks, LockRef, LocksGranted, LocksWaiting, ReleaseLocks
from workflows.models import LockClaim, LockLimit, Namespace, Run, Signal
from workflows.store.commit import RunWrite, commit
from workflows.store.lock_queues import MISSED
from workflows.store.locks import Answers

LOCKS = [LockRef(name=f"team/Mutex/{name}", mutex=True) for name in "ab"] + [
    LockRef(name="team/Database/three")
]

pytestmark = pytest.mark.argo("12-several-locks")


@pytest.fixture
def three(db: None) -> None:
    home, _ = Namespace.objects.get_or_create(name="team", defaults={"created_at": 0})
    LockLimit.objects.create(namespace=home, key="three", limit=3, updated_at=0)


def ask(run_id: int, run, idx: int, locks: list[LockRef], *, priority: int = 0) -> Answers:
    answers = Answers(lambda _: 0)
    record = AcquireLocks(node_id=f"n{idx}", node_idx=idx, locks=locks, priority=priority)
    assert commit([RunWrite(run_id, 0, run, records=[record])], answers) == set()
    return answers


def give_back(run_id: int, run, *idxs: int) -> Answers:
    answers = Answers(lambda _: 0)
    records = [ReleaseLocks(node_id=f"n{idx}", node_idx=idx) for idx in idxs]
    assert commit([RunWrite(run_id, 0, run, records=records)], answers) == set()
    return answers


def held_claims() -> list[int]:
    """Idx of each claim that is held; checks that none is held in part and no limit is passed."""
    states: dict[int, set[str]] = {}
    for idx, state in LockClaim.objects.values_list("node_idx", "state"):
        states.setdefault(idx, set()).add("Held" if state == "Held" else "Waits")
    assert all(len(found) == 1 for found in states.values()), "a claim is granted in part"
    used = Counter(LockClaim.objects.filter(state="Held").values_list("lock__name", flat=True))
    assert all(count <= (3 if "Database" in name else 1) for name, count in used.items())
    return [idx for idx, found in states.items() if found == {"Held"}]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_asked_and_given_back_everybody_has_a_turn(make_run, three, seed):
    chance = random.Random(seed)  # noqa: S311
    run_id, run = make_run()
    wanted = {idx: chance.sample(LOCKS, chance.randint(1, 3)) for idx in range(25)}
    had: set[int] = set()
    waiting = list(wanted)

    for _ in range(400):
        if waiting and chance.random() < 0.6:
            idx = waiting.pop()
            ask(run_id, run, idx, wanted[idx], priority=chance.randint(0, 2))
        elif held := held_claims():
            idx = chance.choice(held)
            had.add(idx)
            give_back(run_id, run, idx)

    assert had == set(wanted)
    assert not LockClaim.objects.exists()


@pytest.mark.parametrize("seed", range(6))
def test_no_lock_stays_free_while_somebody_could_have_it(make_run, three, seed):
    """Nobody waits whose locks are all free, apart from those that are kept for another."""
    chance = random.Random(seed)  # noqa: S311
    run_id, run = make_run()
    for idx in range(40):
        ask(run_id, run, idx, chance.sample(LOCKS, chance.randint(1, 2)))
        if idx % 3 == 0 and (held := held_claims()):
            give_back(run_id, run, chance.choice(held))
        held_claims()
        used = Counter(LockClaim.objects.filter(state="Held").values_list("lock_id", flat=True))
        limits = dict(LockClaim.objects.values_list("lock_id", "lock__known_limit"))
        kept = LockClaim.objects.filter(missed__gte=MISSED).exclude(state="Held").exists()
        for claim in set(LockClaim.objects.exclude(state="Held").values_list("claim", flat=True)):
            locks = LockClaim.objects.filter(claim=claim).values_list("lock_id", flat=True)
            assert kept or any(used[lock] >= limits[lock] for lock in locks)


def test_asking_again_gets_the_same_answer(make_run, three):
    run_id, run = make_run()
    ask(run_id, run, 0, LOCKS[:1])
    ask(run_id, run, 1, LOCKS[:1])

    again = [ask(run_id, run, idx, LOCKS[:1]) for idx in (0, 1)]

    assert LockClaim.objects.count() == 2
    facts = [answers.facts.get(run_id, []) for answers in again]
    assert (facts[1][0].used, facts[1][0].limit, facts[1][0].position) == (1, 1, 1)
    assert isinstance(facts[1][0], LocksWaiting)
    assert facts[0] == [LocksGranted(node_id="n0")]


def test_a_run_whose_lease_was_lost_changes_no_lock(make_run, three):
    run_id, run = make_run()
    record = AcquireLocks(node_id="n0", node_idx=0, locks=LOCKS[:1])

    assert commit([RunWrite(run_id, 99, run, records=[record])], Answers()) == {run_id}
    assert not LockClaim.objects.exists()


def test_the_end_of_a_run_gives_up_all_it_had_and_wanted(make_run, three):
    run_id, run = make_run()
    for idx in range(3):
        ask(run_id, run, idx, LOCKS[:1])

    commit([RunWrite(run_id, 0, run, gives_up_locks=True)], Answers())

    assert not LockClaim.objects.exists()


def test_a_run_of_another_engine_is_told_by_a_signal(make_run, three):
    first, second = make_run(), make_run()
    ask(*first, 0, LOCKS[:1])
    ask(*second, 1, LOCKS[:1])

    answers = Answers(lambda run_id: 0 if run_id == first[0] else None)
    records = [ReleaseLocks(node_id="n0", node_idx=0)]
    commit([RunWrite(first[0], 0, first[1], records=records)], answers)

    assert answers.woken == [second[1].uid]
    assert list(Signal.objects.filter(run_id=second[0]).values_list("kind", flat=True)) == ["LocksGranted"]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_engines_that_grant_at_the_same_time_neither_block_nor_pass_a_limit(make_run):
    home, _ = Namespace.objects.get_or_create(name="team", defaults={"created_at": 0})
    LockLimit.objects.create(namespace=home, key="three", limit=3, updated_at=0)
    runs = [make_run() for _ in range(3)]
    faults: list[BaseException] = []

    def engine(number: int) -> None:
        run_id, run = runs[number]
        chance = random.Random(number)  # noqa: S311
        try:
            for turn in range(60):
                ask(run_id, run, turn, chance.sample(LOCKS, chance.randint(1, 3)))
                used = Counter(LockClaim.objects.filter(state="Held").values_list("lock__name", flat=True))
                assert all(count <= (3 if "Database" in name else 1) for name, count in used.items())
                give_back(run_id, run, turn)
        except BaseException as fault:
            faults.append(fault)
            raise
        finally:
            connection.close()

    threads = [threading.Thread(target=engine, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert not LockClaim.objects.exists()
    assert Run.objects.count() == 3
