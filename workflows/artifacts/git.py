"""Git repositories as input artifacts, through the git program. Source: Argo's git driver and `GitArtifact`.

The repository is hostile input: no value from a manifest can become an option of git or a local path, nothing
prompts, no configuration of the machine or hook is used, and secrets stay off the command line.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from workflows.artifacts.driver import Stat, Stored
from workflows.artifacts.egress import EgressGuard, allow_all
from workflows.artifacts.errors import ArtifactInvalid, ArtifactRefused, ArtifactUnsupported
from workflows.artifacts.git_program import NO_SECRETS, GitProgram, Secrets
from workflows.artifacts.limits import DEFAULT_LIMITS, Budget, Limits
from workflows.artifacts.placing import files_below, placing
from workflows.artifacts.stores import Git

_SCHEMES = ("https", "http", "ssh", "git")
_SCP_LIKE = re.compile(r"(?:[\w.+-]+@)?[\w.-]+:(?!//)[^\s]+\Z", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_MAX_SUBMODULE_DEPTH = 10


@dataclass(frozen=True, slots=True)
class GitSettings:
    """`timeout_seconds` is for each call of git. `known_hosts` is for ssh, None means the machine's."""

    program: str = "git"
    timeout_seconds: float = 3600
    known_hosts: Path | None = None


DEFAULT_SETTINGS = GitSettings()


class GitDriver:
    """One repository, loaded as a work tree with its `.git`; keys are not looked at."""

    def __init__(
        self,
        store: Git,
        secrets: Secrets = NO_SECRETS,
        *,
        guard: EgressGuard = allow_all,
        settings: GitSettings = DEFAULT_SETTINGS,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        _check(store)
        self._store = store
        self._secrets = secrets
        self._guard = guard
        self._settings = settings
        self._limits = limits

    def load(self, key: str, target: Path) -> None:
        self._guard(guarded_url(self._store.repo))
        with tempfile.TemporaryDirectory(prefix="sluice-git-") as home, placing(target) as temporary:
            git = self._program(Path(home))
            self._clone(git, temporary)
            if git.run("for-each-ref", "--count=1", cwd=temporary):
                self._check_out(git, temporary)
                if not self._store.disable_submodules:
                    self._submodules(git, temporary, depth=0)
            self._measure(temporary)

    def save(self, source: Path, key: str) -> None:
        raise ArtifactUnsupported("git output artifacts unsupported")

    def open(self, key: str, start: int = 0) -> BinaryIO:
        raise ArtifactUnsupported("git artifacts are folders and cannot be read as one stream")

    def list(self, key: str) -> list[Stored]:
        raise ArtifactUnsupported("git artifacts cannot be listed")

    def delete(self, key: str) -> None:
        raise ArtifactUnsupported("git artifacts cannot be deleted")

    def is_directory(self, key: str) -> bool:
        return True

    def stat(self, key: str) -> Stat:
        return Stat(is_directory=True)

    def _program(self, home: Path) -> GitProgram:
        return GitProgram(
            self._settings.program,
            home=home,
            repo=self._store.repo,
            secrets=self._secrets,
            schemes=_SCHEMES,
            verify_host_key=not self._store.insecure_ignore_host_key,
            verify_certificate=not self._store.insecure_skip_tls,
            # The guard sees the first address only, so a guarded clone must stay there.
            follow_redirects=self._guard is allow_all,
            known_hosts=self._settings.known_hosts,
            timeout_seconds=self._settings.timeout_seconds,
        )

    def _clone(self, git: GitProgram, target: Path) -> None:
        branch = ["--single-branch", f"--branch={self._store.branch}"]
        scope = branch if self._store.single_branch else ["--no-single-branch"]
        git.run(
            "clone", "--quiet", *self._depth(), *scope, "--", self._store.repo, str(target), cwd=target.parent
        )
        if self._store.fetch:
            git.run(
                "fetch",
                "--quiet",
                "--update-head-ok",
                *self._depth(),
                "--",
                "origin",
                *self._store.fetch,
                cwd=target,
            )

    def _depth(self) -> tuple[str, ...]:
        return (f"--depth={self._store.depth}",) if self._store.depth else ()

    def _check_out(self, git: GitProgram, folder: Path) -> None:
        revision = self._store.revision
        if not revision:
            return
        commit = self._resolve(git, folder)
        if not commit and _COMMIT.match(revision):
            # A shallow clone lacks it; most servers hand out a commit asked for by name.
            git.run("fetch", "--quiet", *self._depth(), "--", "origin", revision, cwd=folder)
            commit = self._resolve(git, folder)
        if not commit:
            raise ArtifactInvalid(f"the repository has no revision {revision!r}")
        git.run("checkout", "--quiet", "--force", "--detach", commit, cwd=folder)

    def _resolve(self, git: GitProgram, folder: Path) -> str:
        for name in (self._store.revision, f"refs/remotes/origin/{self._store.revision}"):
            arguments = ("rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}")
            if commit := git.ask(*arguments, cwd=folder):
                return commit
        return ""

    def _submodules(self, git: GitProgram, folder: Path, *, depth: int) -> None:
        if not (folder / ".gitmodules").is_file():
            return
        if depth >= _MAX_SUBMODULE_DEPTH:
            raise ArtifactInvalid(f"submodules are nested more than {_MAX_SUBMODULE_DEPTH} levels deep")
        git.run("submodule", "--quiet", "init", cwd=folder)
        for line in git.ask(
            "config", "--local", "--get-regexp", r"^submodule\..*\.url$", cwd=folder
        ).splitlines():
            url = line.partition(" ")[2]
            _check_repo(url)
            self._guard(guarded_url(url))
        git.run("submodule", "--quiet", "update", cwd=folder)
        names = git.ask(
            "config", "--file", ".gitmodules", "--get-regexp", r"^submodule\..*\.path$", cwd=folder
        )
        for line in names.splitlines():
            inner = folder / line.partition(" ")[2]
            if inner.is_dir() and inner.resolve().is_relative_to(folder.resolve()):
                self._submodules(git, inner, depth=depth + 1)

    def _measure(self, folder: Path) -> None:
        budget = Budget(self._limits)
        for relative, file in files_below(folder):
            budget.take_member(tuple(relative.split("/")))
            budget.take_bytes(os.lstat(file).st_size)


def guarded_url(repo: str) -> str:
    """The address of a repository as a URL, for the guard: ``git@host:path`` is ssh."""
    if "://" in repo:
        return repo
    host, _, path = repo.partition(":")
    return f"ssh://{host}/{path.lstrip('/')}"


def _check(store: Git) -> None:
    _check_repo(store.repo)
    if store.single_branch and not store.branch:
        raise ArtifactInvalid("single branch mode without a branch specified")
    if store.depth is not None and not 0 <= store.depth <= 2**31 - 1:
        raise ArtifactInvalid(f"depth must be a positive number, not {store.depth}")
    for name, value in (("revision", store.revision), ("branch", store.branch)):
        _check_word(name, value)
    for refspec in store.fetch:
        _check_word("fetch", refspec)
        if not refspec:
            raise ArtifactInvalid("fetch has an empty entry")


def _check_repo(repo: str) -> None:
    _check_word("repo", repo)
    try:
        scheme = urlsplit(repo).scheme if "://" in repo else ""
    except ValueError as fault:
        raise ArtifactInvalid(f"not the address of a repository: {repo!r}") from fault
    if scheme in _SCHEMES or (not scheme and "://" not in repo and _SCP_LIKE.match(repo)):
        return
    raise ArtifactRefused(f"the address of a repository must be one of {', '.join(_SCHEMES)}, not {repo!r}")


def _check_word(name: str, value: str) -> None:
    if value.startswith("-") or any(ord(character) < 33 or ord(character) == 127 for character in value):
        raise ArtifactInvalid(f"git {name} {value!r} starts with a dash or contains blanks")
