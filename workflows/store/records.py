"""What decisions want written besides nodes, in the transaction of `commit`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workflows.engine.messages import CollectArtifacts, HitMemo, Record, RecordMetric, SaveMemo, StopMetrics
from workflows.store.collections import plan_for_runs
from workflows.store.memo import write_memos
from workflows.store.metrics import write_metrics

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper


def write_records(cursor: CursorWrapper, records: Sequence[tuple[int, Record]]) -> None:
    """`records` come with the row id of their run."""
    told = [(run_id, record) for run_id, record in records if isinstance(record, RecordMetric | StopMetrics)]
    if told:
        write_metrics(cursor, told)
    memos = [(run_id, record) for run_id, record in records if isinstance(record, SaveMemo | HitMemo)]
    if memos:
        write_memos(cursor, memos)
    ended = [(run_id, record) for run_id, record in records if isinstance(record, CollectArtifacts)]
    if ended:
        plan_for_runs(cursor, ended)
