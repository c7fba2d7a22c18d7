"""The git driver against git's own HTTP program on loopback."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.artifact_servers import GitServer, basic, serving
from workflows.artifacts import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactRefused,
    ArtifactTooLarge,
    ArtifactUnsupported,
    DriverMissing,
    Limits,
    StoreUnavailable,
)
from workflows.artifacts.git import GitDriver, GitSettings, guarded_url
from workflows.artifacts.git_program import Secrets
from workflows.artifacts.stores import Git


def git(folder: Path, *arguments: str) -> str:
    environment = {
        "PATH": os.defpath,
        "HOME": "/nowhere",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.com",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.com",
    }
    command = ["git", "-c", "protocol.file.allow=always", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, name: str, content: str) -> str:
    (folder / name).write_text(content)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", name)
    return git(folder, "rev-parse", "HEAD")


@dataclass
class Served:
    server: GitServer
    folder: Path

    @property
    def url(self) -> str:
        return f"{self.server.url}/repo.git"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """main: first, second, third; tag v1 at second; branch side at second + side; a ref outside branches."""
    root = tmp_path_factory.mktemp("git")
    work = root / "work"
    work.mkdir()
    git(work, "init", "-q", "-b", "main")
    commits = {name: commit(work, "file", name) for name in ("first", "second")}
    git(work, "tag", "v1")
    git(work, "checkout", "-q", "-b", "side")
    commits["side"] = commit(work, "file", "side")
    git(work, "update-ref", "refs/changes/1", commits["side"])
    git(work, "checkout", "-q", "main")
    commits["third"] = commit(work, "file", "third")
    git(root, "clone", "-q", "--bare", "work", "repo.git")
    git(root / "repo.git", "update-ref", "refs/changes/1", commits["side"])
    git(root / "repo.git", "config", "uploadpack.allowReachableSHA1InWant", "true")
    (root / "private").mkdir()
    git(root, "clone", "-q", "--bare", "work", "private/repo.git")
    git(root, "init", "-q", "--bare", "empty.git")
    return root, commits


@pytest.fixture
def served(history: tuple[Path, dict[str, str]]) -> Iterator[Served]:
    with serving(GitServer(history[0])) as server:
        yield Served(server, history[0])


@pytest.fixture
def load(served: Served, tmp_path: Path) -> Callable[..., Path]:
    def load(**fields: object) -> Path:
        target = tmp_path / "out"
        GitDriver(Git(repo=served.url, **fields)).load("", target)  # type: ignore[arg-type]
        return target

    return load


@pytest.mark.parametrize(
    ("fields", "content"),
    [
        ({}, "third"),
        ({"revision": "main"}, "third"),
        ({"revision": "v1"}, "second"),
        ({"revision": "side"}, "side"),
        ({"revision": "HEAD~2"}, "first"),
        ({"depth": 1}, "third"),
        ({"depth": 1, "revision": "side"}, "side"),
        ({"single_branch": True, "branch": "side"}, "side"),
        ({"single_branch": True, "branch": "side", "depth": 1}, "side"),
        ({"fetch": ("refs/changes/*:refs/remotes/origin/changes/*",), "revision": "changes/1"}, "side"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
@pytest.mark.argo("7-store-drivers")
def test_the_asked_for_revision_is_checked_out(
    load: Callable[..., Path], fields: dict[str, object], content: str
) -> None:
    assert (load(**fields) / "file").read_text() == content


def test_a_commit_outside_a_shallow_clone_is_fetched(
    load: Callable[..., Path], history: tuple[Path, dict[str, str]]
) -> None:
    assert (load(depth=1, revision=history[1]["first"]) / "file").read_text() == "first"


def test_depth_limits_the_history(load: Callable[..., Path]) -> None:
    folder = load(depth=1)

    assert git(folder, "rev-list", "--count", "HEAD") == "1"


def test_an_empty_repository_gives_an_empty_work_tree(served: Served, tmp_path: Path) -> None:
    GitDriver(Git(repo=f"{served.server.url}/empty.git", revision="main")).load("", tmp_path / "out")

    assert [path.name for path in (tmp_path / "out").iterdir()] == [".git"]


def test_a_password_opens_and_stays_off_command_line_and_disk(served: Served, tmp_path: Path) -> None:
    private = Git(repo=f"{served.server.url}/private/repo.git")

    GitDriver(private, Secrets("user", "password")).load("", tmp_path / "out")

    assert (tmp_path / "out/file").read_text() == "third"
    assert {authorization for _, authorization in served.server.log} == {basic("user", "password")}
    assert "password" not in (tmp_path / "out/.git/config").read_text()


@pytest.mark.parametrize("secrets", [Secrets(), Secrets("user", "wrong")], ids=["none", "wrong"])
def test_without_the_right_password_it_is_refused(served: Served, tmp_path: Path, secrets: Secrets) -> None:
    with pytest.raises(ArtifactRefused) as caught:
        GitDriver(Git(repo=f"{served.server.url}/private/repo.git"), secrets).load("", tmp_path / "out")

    assert "wrong" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def submodule_repo(served: Served, root: Path, address: str) -> str:
    """A repository whose work tree holds another one, named by `address`."""
    work = root / "outer"
    work.mkdir()
    git(work, "init", "-q", "-b", "main")
    git(work, "submodule", "add", "-q", str(served.folder / "repo.git"), "inner")
    git(work, "config", "--file", ".gitmodules", "submodule.inner.url", address)
    commit(work, "own", "own")
    name = f"{root.name}.git"
    git(root, "clone", "-q", "--bare", "outer", str(served.folder / name))
    return f"{served.server.url}/{name}"


def test_submodules_are_loaded(served: Served, tmp_path: Path) -> None:
    repo = submodule_repo(served, tmp_path, "../repo.git")

    GitDriver(Git(repo=repo)).load("", tmp_path / "out")

    assert (tmp_path / "out/inner/file").read_text() == "third"


def test_submodules_can_be_left_out(served: Served, tmp_path: Path) -> None:
    repo = submodule_repo(served, tmp_path, "../repo.git")

    GitDriver(Git(repo=repo, disable_submodules=True)).load("", tmp_path / "out")

    assert list((tmp_path / "out/inner").iterdir()) == []


@pytest.mark.parametrize("address", ["file:///etc", "/etc", "ext::sh -c true", "-c", "--upload-pack=x"])
def test_hostile_submodules_are_refused(served: Served, tmp_path: Path, address: str) -> None:
    repo = submodule_repo(served, tmp_path, address)

    with pytest.raises((ArtifactRefused, ArtifactInvalid, ArtifactUnsupported)):
        GitDriver(Git(repo=repo)).load("", tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_the_guard_sees_repository_and_submodules(served: Served, tmp_path: Path) -> None:
    repo = submodule_repo(served, tmp_path, "../repo.git")
    seen: list[str] = []

    GitDriver(Git(repo=repo), guard=seen.append).load("", tmp_path / "out")

    assert seen == [repo, served.url]


def test_redirects_are_followed_only_without_a_guard(served: Served, tmp_path: Path) -> None:
    moved = Git(repo=f"{served.server.url}/moved/repo.git")

    GitDriver(moved).load("", tmp_path / "free")

    assert (tmp_path / "free/file").read_text() == "third"
    with pytest.raises((ArtifactRefused, StoreUnavailable)):
        GitDriver(moved, guard=lambda url: None).load("", tmp_path / "guarded")
    assert not (tmp_path / "guarded").exists()


def test_hooks_and_filters_of_a_repository_do_not_run(served: Served, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "-q", "-b", "main")
    (work / ".gitattributes").write_text("* filter=evil\n")
    commit(work, "file", "kept")
    name = f"{tmp_path.name}.git"
    git(tmp_path, "clone", "-q", "--bare", "work", str(served.folder / name))

    GitDriver(Git(repo=f"{served.server.url}/{name}")).load("", tmp_path / "out")

    assert (tmp_path / "out/file").read_text() == "kept"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"repo": "http://127.0.0.1:1/repo"}, StoreUnavailable),
        ({"revision": "nothing"}, ArtifactInvalid),
        ({"single_branch": True, "branch": "nothing"}, ArtifactNotFound),
        ({"fetch": ("refs/heads/nothing:refs/heads/x",)}, ArtifactInvalid),
    ],
    ids=["no server", "no revision", "no branch", "no ref"],
)
def test_faults_become_errors_by_who_must_act(
    served: Served, tmp_path: Path, fields: dict[str, object], error: type[Exception]
) -> None:
    store = Git(**({"repo": served.url} | fields))  # type: ignore[arg-type]

    with pytest.raises(error):
        GitDriver(store).load("", tmp_path / "out")

    assert list(tmp_path.iterdir()) == []


def test_a_repository_that_is_not_there_is_not_found(served: Served, tmp_path: Path) -> None:
    with pytest.raises(ArtifactNotFound):
        GitDriver(Git(repo=f"{served.server.url}/missing.git")).load("", tmp_path / "out")


@pytest.mark.parametrize(
    "fields",
    [
        {"repo": "--upload-pack=touch x"},
        {"repo": "-u"},
        {"repo": "/etc"},
        {"repo": "../repo"},
        {"repo": "file:///etc"},
        {"repo": "ext::sh -c true"},
        {"repo": "https://host/ with blank"},
        {"repo": ""},
        {"revision": "--help"},
        {"branch": "-x", "single_branch": True},
        {"single_branch": True},
        {"fetch": ("--upload-pack=x",)},
        {"fetch": ("",)},
        {"depth": -1},
    ],
    ids=str,
)
def test_no_value_becomes_an_option_or_a_local_path(fields: dict[str, object]) -> None:
    with pytest.raises((ArtifactInvalid, ArtifactRefused)):
        GitDriver(Git(**({"repo": "https://host/repo"} | fields)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("repo", "url"),
    [
        ("https://host/a.git", "https://host/a.git"),
        ("git@host:team/a.git", "ssh://git@host/team/a.git"),
        ("ssh://git@host:22/a", "ssh://git@host:22/a"),
    ],
)
def test_the_guard_gets_an_address_for_every_spelling(repo: str, url: str) -> None:
    GitDriver(Git(repo=repo))

    assert guarded_url(repo) == url


def test_a_clone_beyond_the_limit_is_refused(served: Served, tmp_path: Path) -> None:
    with pytest.raises(ArtifactTooLarge):
        GitDriver(Git(repo=served.url), limits=Limits(max_members=2)).load("", tmp_path / "out")

    assert list(tmp_path.iterdir()) == []


def test_a_missing_git_is_named(served: Served, tmp_path: Path) -> None:
    with pytest.raises(DriverMissing, match="git"):
        GitDriver(Git(repo=served.url), settings=GitSettings(program="no-such-git")).load(
            "", tmp_path / "out"
        )


def test_a_program_that_takes_too_long_is_ended(served: Served, tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)

    with pytest.raises(StoreUnavailable, match="took more than"):
        GitDriver(Git(repo=served.url), settings=GitSettings(program=str(slow), timeout_seconds=0.1)).load(
            "", tmp_path / "out"
        )


def test_saving_and_listing_are_not_offered(tmp_path: Path) -> None:
    driver = GitDriver(Git(repo="https://host/repo"))

    with pytest.raises(ArtifactUnsupported):
        driver.save(tmp_path, "")
    with pytest.raises(ArtifactUnsupported):
        driver.list("")
    with pytest.raises(ArtifactUnsupported):
        driver.delete("")
