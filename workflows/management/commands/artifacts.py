"""Artifacts of runs on the command line: list, fetch, and tidy the folder store."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from workflows.management.base import REFUSED, SluiceCommand
from workflows.services import artifact_sweep, artifacts
from workflows.services.access import Actor
from workflows.services.artifact_content import Download, open_bundle, open_content
from workflows.services.artifacts import Artifact, ListedArtifact, Side


class Command(SluiceCommand):
    help = (
        "List the artifacts of a run, get the bytes of one (a folder comes as tar.gz), or find what the "
        "folder store of the namespace holds for no run."
    )

    def add_options(self, parser: CommandParser) -> None:
        actions = ("list", "get", "sweep")
        parser.add_argument("action", choices=actions, help="`list` wants a run, `get` an artifact, too")
        parser.add_argument("run", nargs="?", default="", metavar="RUN", help="name or uid, or @latest")
        parser.add_argument(
            "artifact",
            nargs="?",
            default="",
            metavar="NODE/NAME",
            help="id or display name of the node, and the name",
        )
        parser.add_argument("--inputs", action="store_true", help="get: among what the node took in")
        parser.add_argument("--path", default="", help="get: a place below a folder")
        parser.add_argument("--entry", default="", help="get: a place inside a tar or zip")
        parser.add_argument("-o", "--output", metavar="FILE", help="get: (default: standard output)")
        parser.add_argument("--delete", action="store_true", help="sweep: delete instead of only naming")

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        if options["action"] == "sweep":
            self._sweep(actor, namespace, delete=options["delete"])
            return
        uid = self.find_run(actor, namespace, options["run"]).run.uid
        if options["action"] == "list":
            self._list(actor, uid)
        else:
            self._get(actor, uid, options)

    def _list(self, actor: Actor, uid: str) -> None:
        cursor: str | None = ""
        while cursor is not None:
            page = artifacts.list_artifacts(actor, uid, limit=artifacts.MAX_PAGE, cursor=cursor)
            for listed in page.items:
                self.stdout.write(_line(listed))
            cursor = page.next_cursor

    def _get(self, actor: Actor, uid: str, options: dict[str, Any]) -> None:
        artifact = self._find(actor, uid, options)
        if not options["entry"] and artifacts.is_folder(artifact, options["path"]):
            _, blocks = open_bundle(artifact, "tar.gz", path=options["path"])
            self._write(blocks, options["output"])
            return
        content = open_content(artifact, path=options["path"], entry=options["entry"])
        with closing(Download(content)) as download:
            self._write(download, options["output"])

    def _find(self, actor: Actor, uid: str, options: dict[str, Any]) -> Artifact:
        node, _, name = options["artifact"].rpartition("/")
        side = Side.INPUTS if options["inputs"] else Side.OUTPUTS
        found = artifacts.find_node_id(actor, uid, node)
        return artifacts.find_artifact(actor, uid, found, side, name)

    def _write(self, blocks: Any, output: str | None) -> None:
        if output is None:
            for block in blocks:
                sys.stdout.buffer.write(block)
            sys.stdout.buffer.flush()
            return
        part = Path(f"{output}.part")
        try:
            with part.open("wb") as target:
                for block in blocks:
                    target.write(block)
            part.replace(output)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}", returncode=REFUSED) from error
        finally:
            part.unlink(missing_ok=True)

    def _sweep(self, actor: Actor, namespace: str, *, delete: bool) -> None:
        found = artifact_sweep.sweep(actor, namespace, delete=delete)
        for stored in found:
            self.stdout.write(f"{stored.size:>14,}  {stored.key}")
        size = sum(stored.size for stored in found)
        verb = "deleted" if delete else "could be deleted; say --delete"
        self.stdout.write(f"{len(found)} files of {size:,} bytes {verb}")


def _line(listed: ListedArtifact) -> str:
    artifact, stat = listed.artifact, listed.stat
    size = (
        "folder" if stat and stat.is_directory else f"{stat.size:,}" if stat and stat.size is not None else ""
    )
    note = "deleted" if artifact.is_deleted else listed.problem
    key = artifact.location.key if artifact.location else ""
    sign = "<" if artifact.side == Side.INPUTS else ">"
    return f"{artifact.node_name} {sign} {artifact.name:<24} {size:>14}  {key}  {note}".rstrip()
