"""Answers the engine's questions to memoization caches at once, before anything is committed.

An entry that a run has just made counts for every run here, although it is written with the next commit only.
Not for writing entries: they travel as records of the run's write.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflows.engine.messages import LookUpMemo, MemoAnswer, Record, SaveMemo
from workflows.store.memo import look_up


class Memos:
    """`fresh` are entries that are not yet committed, by namespace, cache and key."""

    def __init__(self) -> None:
        self._fresh: dict[tuple[str, str, str], SaveMemo] = {}

    def note(self, namespace: str, records: Sequence[Record]) -> None:
        """Entries that will be written with the next commit."""
        for record in records:
            if isinstance(record, SaveMemo):
                self._fresh[namespace, record.cache, record.key] = record

    def forget(self) -> None:
        """Everything noted was committed, or never will be."""
        self._fresh.clear()

    def answer(self, namespace: str, questions: Sequence[LookUpMemo]) -> list[MemoAnswer]:
        """One answer for each question, in their order. Raises what the database raises."""
        wanted = {
            (question.cache, question.key)
            for question in questions
            if (namespace, question.cache, question.key) not in self._fresh
        }
        stored = look_up(namespace, wanted)
        answers = []
        for question in questions:
            fresh = self._fresh.get((namespace, question.cache, question.key))
            found = stored.get((question.cache, question.key))
            if fresh is not None:
                answers.append(_answer(question, fresh.at, fresh.outputs))
            elif found is not None:
                answers.append(_answer(question, found.created_at, found.outputs))
            else:
                answers.append(MemoAnswer(call_id=question.call_id))
        return answers


def _answer(question: LookUpMemo, created_at: int, outputs: dict[str, object] | None) -> MemoAnswer:
    return MemoAnswer(call_id=question.call_id, found=True, created_at=created_at, outputs=outputs)
