"""Compares this program with trees recorded from Argo's controller.

    python -m tests.conformance CORPUS [PATTERN …] [--level data] [--verbose]

Lints every manifest, runs every one that can run without a cluster on a real server, compares the node
trees, and prints a table. Exit code 0 when nothing unexpected was seen: each difference stands in
`expected.txt`, and each line there is still true.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.corpus import Corpus, Entry
from tests.conformance.linting import lint_differences
from tests.conformance.running import Outcome, run_all
from tests.conformance.server import Server

EXPECTED = Path(__file__).parent / "expected.txt"


@dataclass(frozen=True)
class Verdict:
    """`kind` is identical, differing, unsupported or linted; `detail` says where or why."""

    file: str
    kind: str
    detail: str = ""


def main() -> int:
    options = _options()
    corpus = Corpus(options.corpus)
    chosen = [
        e
        for e in corpus.entries
        if not options.pattern or any(fnmatch.fnmatch(e.file, p) for p in options.pattern)
    ]
    verdicts = {entry.file: verdict for entry in chosen if (verdict := _linted(corpus, entry))}
    runnable = [entry for entry in chosen if entry.is_runnable and entry.file not in verdicts]
    began = time.monotonic()
    with Server() as server:
        tell = _teller(len(runnable))
        for outcome in run_all(server, corpus, runnable, at_once=options.at_once, tell=tell):
            verdicts[outcome.entry.file] = _verdict(corpus, outcome, options.level, verbose=options.verbose)
    for entry in chosen:
        verdicts.setdefault(entry.file, Verdict(entry.file, "linted"))
    print(f"\n{len(runnable)} manifests run in {time.monotonic() - began:.0f} s, level {options.level}\n")
    expected = _expected(corpus.folder)
    return _report([verdicts[entry.file] for entry in chosen], expected, complete=not options.pattern)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tests.conformance", description="Compare with trees recorded from Argo."
    )
    parser.add_argument("corpus", type=Path, help="a folder with corpus.json")
    parser.add_argument("pattern", nargs="*", help="only files that match, as in 'extra/*'")
    parser.add_argument("--level", default="data", choices=("phase", "tree", "data", "full"))
    parser.add_argument("--at-once", type=int, default=8, help="manifests run at the same time (default: 8)")
    parser.add_argument("--verbose", action="store_true", help="all differences, not only the first")
    return parser.parse_args()


def _linted(corpus: Corpus, entry: Entry) -> Verdict | None:
    """A verdict only when the manifest is not treated as recorded, or is to be refused and is."""
    differences = lint_differences(corpus, entry)
    if differences:
        return Verdict(entry.file, "differing", differences[0])
    return Verdict(entry.file, "identical", "refused") if entry.is_invalid else None


def _verdict(corpus: Corpus, outcome: Outcome, level: str, *, verbose: bool) -> Verdict:
    file = outcome.entry.file
    if outcome.unsupported:
        return Verdict(file, "unsupported", outcome.unsupported)
    if outcome.failure:
        return Verdict(file, "differing", outcome.failure)
    goldens, documents = outcome.entry.goldens, outcome.documents
    if len(goldens) != len(documents):
        return Verdict(file, "differing", f"{len(documents)} runs, recorded were {len(goldens)}")
    found = [
        str(difference)
        for golden, document in zip(goldens, documents, strict=True)
        for difference in corpus.compare.compare(golden, document, level=level)
    ]
    if found and verbose:
        print(f"{file}:", *found, sep="\n    ", file=sys.stderr)
    return Verdict(file, "differing", found[0]) if found else Verdict(file, "identical")


def _teller(total: int) -> Callable[[Outcome], None]:
    """Progress on standard error, one line that is written over on a terminal."""
    done = 0

    def tell(outcome: Outcome) -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty():
            print(f"\r\033[K{done}/{total} {outcome.entry.file}", end="", file=sys.stderr, flush=True)

    return tell


def _report(verdicts: list[Verdict], expected: dict[str, str], *, complete: bool) -> int:
    width = max((len(v.file) for v in verdicts), default=10)
    for verdict in verdicts:
        print(f"{verdict.file:{width}}  {verdict.kind:11}  {verdict.detail[:200]}".rstrip())
    differing = {v.file for v in verdicts if v.kind == "differing"}
    surprising = differing - expected.keys()
    fixed = {v.file for v in verdicts if v.file in expected and v.kind != "differing"}
    gone = expected.keys() - {v.file for v in verdicts} if complete else set()
    print()
    for file in sorted(surprising):
        print(f"unexpected: {file} differs")
    for file in sorted(fixed | gone):
        print(f"unexpected: {file} does not differ any more; take it out of {EXPECTED.name}")
    counts = {kind: sum(v.kind == kind for v in verdicts) for kind in ("identical", "unsupported", "linted")}
    unexpected = len(surprising) + len(fixed) + len(gone)
    print(f"only linted, for want of a cluster, network or record: {counts['linted']}")
    print(
        f"conformance: {counts['identical']} identical, {len(differing)} differing, "
        f"{counts['unsupported']} unsupported, {unexpected} unexpected"
    )
    return 1 if unexpected else 0


def _expected(folder: Path) -> dict[str, str]:
    """Known differences with the reason: ``FILE: REASON`` a line; a corpus may bring a list of its own."""
    own = folder / EXPECTED.name
    text = (own if own.exists() else EXPECTED).read_text()
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return {
        file.strip(): reason.strip() for file, _, reason in (line.partition(": ") for line in lines if line)
    }


if __name__ == "__main__":
    raise SystemExit(main())
