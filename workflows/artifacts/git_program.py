"""Calls of the git program: nothing of the machine's configuration, no prompts, bounded time and output."""

from __future__ import annotations

import base64
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import urlsplit

from workflows.artifacts.errors import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactRefused,
    DriverMissing,
    StoreUnavailable,
)
from workflows.errors import SluiceError

_SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin"
_MESSAGE_LENGTH = 500

#: what git writes on standard error, the first match decides
_FAULTS: tuple[tuple[re.Pattern[str], type[SluiceError]], ...] = (
    (re.compile(r"not found|does not appear to be a git repository|error: 404"), ArtifactNotFound),
    (re.compile(r"Authentication failed|could not read (Username|Password)|error: 40[13]"), ArtifactRefused),
    (re.compile(r"Permission denied|Host key verification|transport '.*' not allowed"), ArtifactRefused),
    (re.compile(r"unable to update url base from redirection"), ArtifactRefused),
    (re.compile(r"invalid refspec|couldn't find remote ref|No url found for submodule"), ArtifactInvalid),
)


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """Values of the secrets a git location refers to."""

    username: str = ""
    password: str = ""
    ssh_private_key: str = ""


NO_SECRETS = Secrets()


class GitProgram:
    """git, ready to talk to one repository. `home` is an empty folder of its own, removed by the caller."""

    def __init__(
        self,
        program: str,
        *,
        home: Path,
        repo: str,
        secrets: Secrets,
        schemes: Sequence[str],
        verify_host_key: bool,
        verify_certificate: bool,
        follow_redirects: bool,
        known_hosts: Path | None,
        timeout_seconds: float,
    ) -> None:
        self._program = program
        self._timeout = timeout_seconds
        self._secrets = secrets
        settings = {
            "core.hooksPath": os.devnull,
            "core.askPass": "true",
            "credential.helper": "",
            "protocol.allow": "user",
            "http.followRedirects": "initial" if follow_redirects else "false",
            "advice.detachedHead": "false",
            "gc.auto": "0",
        }
        if not verify_certificate:
            settings["http.sslVerify"] = "false"
        if secrets.username or secrets.password:
            settings[_header_setting(repo)] = f"Authorization: Basic {_basic(secrets)}"
        self._environment = {
            "PATH": _SEARCH_PATH,
            "HOME": str(home),
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",
            "GIT_ALLOW_PROTOCOL": ":".join(schemes),
            "GIT_SSH_COMMAND": _ssh_command(home, secrets, verify_host_key, known_hosts),
            **_as_environment(settings),
        }

    def run(self, *arguments: str, cwd: Path) -> str:
        """What git prints, stripped; raises by what it says on standard error."""
        code, output, message = self._call(arguments, cwd)
        if code != 0:
            raise self._fault(arguments[0], message)
        return output

    def ask(self, *arguments: str, cwd: Path) -> str:
        """What git prints; "" when it says no."""
        code, output, _ = self._call(arguments, cwd)
        return output if code == 0 else ""

    def _call(self, arguments: Sequence[str], cwd: Path) -> tuple[int, str, str]:
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as message:
            try:
                # A list of arguments and no shell; callers put what comes from manifests behind "--".
                process = subprocess.Popen(  # noqa: S603
                    [self._program, *arguments],
                    cwd=cwd,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=message,
                    start_new_session=True,
                )
            except FileNotFoundError as fault:
                raise DriverMissing("git", "git (the program)") from fault
            try:
                code = process.wait(self._timeout)
            except subprocess.TimeoutExpired as fault:
                raise StoreUnavailable(f"git {arguments[0]} took more than {self._timeout:g} s") from fault
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            return code, _tail(cast(BinaryIO, output), 1_000_000), _tail(cast(BinaryIO, message), 10_000)

    def _fault(self, command: str, message: str) -> SluiceError:
        for secret in (self._secrets.password, _basic(self._secrets)):
            message = message.replace(secret, "***") if secret else message
        # A password may also stand in the address itself.
        message = re.sub(r"(\w+://)[^/\s@]+@", r"\1***@", message)[-_MESSAGE_LENGTH:]
        kind = next((kind for pattern, kind in _FAULTS if pattern.search(message)), StoreUnavailable)
        return kind(f"git {command} failed: {message}")


def _tail(file: BinaryIO, length: int) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - length))
    return file.read().decode("utf-8", "replace").strip()


def _as_environment(settings: dict[str, str]) -> dict[str, str]:
    """Settings by environment: unlike options they cannot be read in the process list."""
    pairs = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        pairs[f"GIT_CONFIG_KEY_{number}"] = name
        pairs[f"GIT_CONFIG_VALUE_{number}"] = value
    return pairs


def _basic(secrets: Secrets) -> str:
    if not secrets.username and not secrets.password:
        return ""
    return base64.b64encode(f"{secrets.username}:{secrets.password}".encode()).decode()


def _header_setting(repo: str) -> str:
    """The setting for a header sent to the repository's own server only, not to those of submodules."""
    parts = urlsplit(repo)
    host = parts.netloc.rpartition("@")[2]
    return f"http.{parts.scheme}://{host}/.extraHeader"


def _ssh_command(home: Path, secrets: Secrets, verify_host_key: bool, known_hosts: Path | None) -> str:
    options = ["ssh", "-o BatchMode=yes", f"-o StrictHostKeyChecking={'yes' if verify_host_key else 'no'}"]
    if not verify_host_key:
        options.append(f"-o UserKnownHostsFile={os.devnull}")
    elif known_hosts is not None:
        options.append(f"-o 'UserKnownHostsFile={known_hosts}'")
    if secrets.ssh_private_key:
        key_file = home / "key"
        descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.ssh_private_key.rstrip("\n") + "\n")
        options.append(f"-o IdentitiesOnly=yes -i '{key_file}'")
    return " ".join(options)
