"""Phases, messages and exit codes; files of the shepherd: frames, ledger, journal, outputs, programs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from workflows.executors.process.facts import read_result
from workflows.executors.process.logs import read_logs
from workflows.executors.process.shepherd import journal as journals
from workflows.executors.process.shepherd.commands import CannotStartError, find_program
from workflows.executors.process.shepherd.endings import kubernetes_exit_code, presentable
from workflows.executors.process.shepherd.folders import Layout
from workflows.executors.process.shepherd.frames import BrokenFrameError, Decoder, encode
from workflows.executors.process.shepherd.journal import Journal, Start, read_journal
from workflows.executors.process.shepherd.ledger import Ledger, LedgerReader, Ledgers
from workflows.executors.process.shepherd.outputs import (
    MAX_PARAMETER_BYTES,
    UnreadableOutputError,
    read_outputs,
)

DEADLINE = "Pod was active on the node longer than the specified deadline"
INITIALIZING = "Pod failed before main container starts due to PodInitializing: "


@pytest.mark.parametrize(("code", "shown"), [(0, 0), (7, 7), (255, 255), (-15, 143), (-9, 137), (-11, 139)])
def test_signals_become_exit_codes_as_in_kubernetes(code: int, shown: int) -> None:
    assert kubernetes_exit_code(code) == shown


@pytest.mark.parametrize(
    ("message", "shown"),
    [("ü😀\n", "ü😀\n"), ("a\ud800b\udcff", "a?b?"), ("a\0b", "a\\0b"), ("x" * 5000, "x" * 4096)],
    ids=["characters", "surrogates", "NUL", "long"],
)
def test_messages_can_be_stored_whatever_they_quote(message: str, shown: str) -> None:
    assert presentable(message) == shown


def test_frames_survive_any_cut() -> None:
    messages = [{"op": "launch", "text": "ü" * 50}, {}, {"list": [1, None, "\ud800"]}]
    stream = b"".join(encode(message) for message in messages)
    decoder = Decoder()

    received = [message for byte in stream for message in decoder.feed(bytes([byte]))]

    assert received == messages


@pytest.mark.parametrize(
    "stream",
    [b"\xff\xff\xff\xff", b"\x00\x00\x00\x01x", b"\x00\x00\x00\x02[]", b"\x00\x00\x00\x00"],
    ids=["endless", "no JSON", "no object", "empty"],
)
def test_nonsense_in_a_frame_is_an_error(stream: bytes) -> None:
    with pytest.raises(BrokenFrameError):
        list(Decoder().feed(stream))


def _record(name: str, **fields: object) -> dict[str, object]:
    return {"name": name, "phase": "Succeeded", **fields}


def test_a_ledger_gives_back_what_was_appended(tmp_path: Path) -> None:
    records = [_record("run/a~0"), _record("run/b~0", parameters={"big": "x" * 10_000}), _record("run/c~0")]
    ledger = Ledger(str(tmp_path / "run"))
    for record in records:
        ledger.append(record)
    ledger.close()

    again = Ledger(str(tmp_path / "run"))

    assert [again.find(str(record["name"])) for record in records] == records
    assert again.find("run/d~0") is None
    again.close()


def test_a_line_that_was_cut_off_never_counted(tmp_path: Path) -> None:
    ledger = Ledger(str(tmp_path))
    ledger.append(_record("run/a~0"))
    ledger.close()
    with (tmp_path / "ends").open("ab") as file:
        file.write(b'{"name":"run/b~0","phase":"Succ')

    again = Ledger(str(tmp_path))
    again.append(_record("run/c~0"))

    assert again.find("run/b~0") is None
    assert again.find("run/c~0") == _record("run/c~0")
    again.close()


def test_a_reader_notices_an_end_that_is_appended_later(tmp_path: Path) -> None:
    layout = Layout(str(tmp_path))
    ledgers = Ledgers(layout)
    ledgers.append(_record("run/a~0"))
    reader = LedgerReader(layout, "run/b~0")
    before = reader.has_ended()

    ledgers.append(_record("run/b~00"))
    similar = reader.has_ended()
    ledgers.append(_record("run/b~0"))

    assert (before, similar, reader.has_ended()) == (False, False, True)
    assert LedgerReader(layout, "gone/a~0").has_ended() is True
    ledgers.close("run")


def test_looking_for_an_unknown_run_makes_no_folder(tmp_path: Path) -> None:
    assert Ledgers(Layout(str(tmp_path))).find("run/a~0") is None
    assert list(tmp_path.iterdir()) == []


def test_a_journal_keeps_the_last_start_of_each_attempt(tmp_path: Path) -> None:
    path = str(tmp_path / "journal")
    journal = Journal(path, lambda: [])
    journal.write(Start("run/a~0", ["run", "a b", 0]))
    journal.write(Start("run/a~0", ["run", "a b", 0], 42, 1234), again=True)
    journal.write(Start("run/b~0", ["run", "b", 0]))

    assert read_journal(path) == [
        Start("run/a~0", ["run", "a b", 0], 42, 1234),
        Start("run/b~0", ["run", "b", 0], 0, 0),
    ]
    journal.remove()
    assert read_journal(path) is None


def test_after_a_reboot_the_journal_names_no_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "journal")
    journal = Journal(path, lambda: [])
    journal.write(Start("run/a~0", [], 42, 1234))
    monkeypatch.setattr(journals, "boot_id", lambda: "another")

    assert read_journal(path) == [Start("run/a~0", [], 0, 1234)]
    journal.remove()


def test_a_long_journal_is_cut_down_to_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "journal")
    monkeypatch.setattr(journals, "_COMPACT_AFTER_LINES", 3)
    running = [Start("run/b~0", [], 2, 2)]
    journal = Journal(path, lambda: running)
    journal.write(Start("run/a~0", []))
    journal.write(Start("run/b~0", []))
    journal.write(Start("run/b~0", [], 2, 2), again=True)

    journal.write(Start("run/c~0", ["key"]))
    journal.write(Start("run/c~0", ["key"], 3, 3), again=True)

    assert read_journal(path) == [*running, Start("run/c~0", ["key"], 3, 3)]
    journal.remove()


@pytest.mark.argo("6-value-from-path")
def test_outputs_lose_one_newline_and_absent_files_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"one\n\n")
    (tmp_path / "odd").write_bytes(b"\xff")

    found = read_outputs(
        {
            "one": f"{tmp_path}/one",
            "odd": f"{tmp_path}/odd",
            "none": f"{tmp_path}/one/x",
            "no": f"{tmp_path}/no",
        }
    )

    assert found == {"one": "one\n", "odd": "\ufffd"}


def test_outputs_older_than_the_attempt_are_somebody_elses(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_text("old")
    os.utime(path, (1000, 1000))

    assert read_outputs({"v": str(path)}, since=1_001_000) == {}
    assert read_outputs({"v": str(path)}, since=1_000_010) == {"v": "old"}


@pytest.mark.parametrize(
    ("make", "text"),
    [
        pytest.param(lambda path: path.mkdir(), "is not a regular file", id="folder"),
        pytest.param(lambda path: os.mkfifo(path), "is not a regular file", id="pipe"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), "is not a regular file", id="device"),
        pytest.param(lambda path: path.symlink_to("/proc/self/fd/0"), "too many levels", id="magic link"),
        pytest.param(lambda path: path.symlink_to(path), "too many levels", id="loop"),
        pytest.param(
            lambda path: path.write_bytes(b"x" * (MAX_PARAMETER_BYTES + 1)),
            "more than the 262144",
            id="large",
        ),
    ],
)
def test_odd_outputs_are_refused_by_name(tmp_path: Path, make: object, text: str) -> None:
    make(tmp_path / "v")  # type: ignore[operator]

    with pytest.raises(UnreadableOutputError, match=f"output parameter 'p': .*{text}"):
        read_outputs({"p": f"{tmp_path}/v"})


def test_programs_are_found_in_the_path(tmp_path: Path) -> None:
    for folder, mode in (("a", 0o644), ("b", 0o755)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "tool").touch(mode)

    assert find_program("tool", f"{tmp_path}/none:{tmp_path}/b") == f"{tmp_path}/b/tool"
    assert find_program(f"{tmp_path}/b/tool", "") == f"{tmp_path}/b/tool"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("absent", 'exec: "absent": executable file not found in $PATH'),
        ("", 'exec: "": executable file not found in $PATH'),
        ('a"b', 'exec: "a\\"b": executable file not found in $PATH'),
        ("/absent", 'exec: "/absent": stat /absent: no such file or directory'),
        ("/", 'exec: "/": is a directory'),
        ("/etc/passwd", 'exec: "/etc/passwd": permission denied'),
        ("/a\0b", 'exec: "/a\0b": stat /a\0b: invalid argument'),
    ],
    ids=["name", "empty", "quote", "path", "folder", "not executable", "NUL"],
)
def test_missing_programs_are_reported_in_gos_words(name: str, text: str) -> None:
    with pytest.raises(CannotStartError) as caught:
        find_program(name, "/nonexistent")

    assert str(caught.value) == f"failed to find name in PATH: {text}"


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (b"", ""),
        (b"text", "text"),
        (b"text\n", "text"),
        (b"text\n\n", "text\n"),
        (b"x" + b"y" * 262144, "y" * 262144),
        (b"x" + b"y" * 262143 + b"\n", "x" + "y" * 262143),
        (b"zx" + b"y" * 262143 + b"\n", "x" + "y" * 262143),
        (b"\xe9", "\ufffd"),
    ],
    ids=[
        "empty",
        "plain",
        "newline",
        "newlines",
        "long",
        "exact with newline",
        "long with newline",
        "no UTF-8",
    ],
)
@pytest.mark.argo("6-outputs-result-capture")
def test_a_result_is_the_last_256_kib_without_one_newline(
    tmp_path: Path, content: bytes, result: str
) -> None:
    path = tmp_path / "main.stdout"
    path.write_bytes(content)

    assert read_result(str(path)) == result


def test_logs_are_cut_between_characters(tmp_path: Path) -> None:
    path = tmp_path / "main.stdout"
    path.write_bytes(b"a" * 65535 + "é".encode() + b"\xff and more")

    chunks = list(read_logs("main", {"stdout": str(path)}, offset=0, follow=False, has_ended=lambda: True))

    assert [(chunk.offset, len(chunk.text), chunk.text[-1]) for chunk in chunks] == [
        (0, 65535, "a"),
        (65535, 11, "e"),
    ]
    assert chunks[1].text == "é\ufffd and more"


def test_an_unfinished_character_waits_until_the_attempt_ended(tmp_path: Path) -> None:
    path = tmp_path / "main.stdout"
    path.write_bytes(b"ab\xc3")

    running = list(read_logs("main", {"stdout": str(path)}, offset=0, follow=False, has_ended=lambda: False))
    ended = list(read_logs("main", {"stdout": str(path)}, offset=0, follow=False, has_ended=lambda: True))

    assert [chunk.text for chunk in running] == ["ab"]
    assert [chunk.text for chunk in ended] == ["ab\ufffd"]


def test_who_follows_a_silent_log_hears_a_sign_of_life_each_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "main.stdout"
    path.write_bytes(b"one")
    clock = _Clock()
    monkeypatch.setattr("workflows.executors.process.logs.time", clock)

    chunks = read_logs(
        "main", {"stdout": str(path)}, offset=0, follow=True, has_ended=lambda: clock.now > 2.55
    )

    assert [(chunk.offset, chunk.text, round(clock.now, 1)) for chunk in chunks] == [
        (0, "one", 0.0),
        (3, "", 1.0),
        (3, "", 2.0),
    ]


class _Clock:
    """Time passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return round(self.now, 6)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
