"""Every text of a namespace that may name a stored artifact, for finding what nothing names. Reads only."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

#: statements with the namespace's name as their only parameter, each giving JSON texts
_TEXTS = (
    "SELECT n.inputs, n.outputs FROM workflows_node n JOIN workflows_run r ON r.id = n.run_id "
    "JOIN workflows_namespace s ON s.id = r.namespace_id WHERE s.name = %s "
    "AND (n.inputs <> '' OR n.outputs <> '')",
    "SELECT r.outputs, r.memo FROM workflows_run r JOIN workflows_namespace s ON s.id = r.namespace_id "
    "WHERE s.name = %s",
    "SELECT m.workflow, m.library FROM workflows_runmanifest m JOIN workflows_run r ON r.id = m.run_id "
    "JOIN workflows_namespace s ON s.id = r.namespace_id WHERE s.name = %s",
    "SELECT m.outputs FROM workflows_memo m JOIN workflows_namespace s ON s.id = m.namespace_id "
    "WHERE s.name = %s",
    "SELECT u.location FROM workflows_upload u JOIN workflows_namespace s ON s.id = u.namespace_id "
    "WHERE s.name = %s",
    "SELECT artifacts FROM workflows_artifactcollection WHERE namespace = %s",
    "SELECT t.manifest FROM workflows_template t LEFT JOIN workflows_namespace s ON s.id = t.namespace_id "
    "WHERE s.name = %s OR t.namespace_id IS NULL",
)
_ROWS = 1_000


def artifact_texts(namespace: str) -> Iterator[str]:
    """JSON texts; each statement's rows come in portions."""
    for statement in _TEXTS:
        with connection.cursor() as cursor:
            cursor.execute(statement, [namespace])
            while rows := cursor.fetchmany(_ROWS):
                for row in rows:
                    yield from (text for text in row if text)


def run_names(namespace: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.name FROM workflows_run r JOIN workflows_namespace s ON s.id = r.namespace_id "
            "WHERE s.name = %s",
            [namespace],
        )
        return {name for (name,) in cursor.fetchall()}
