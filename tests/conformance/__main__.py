"""Compares this program with trees recorded from Argo's controller.

    python -m tests.conformance CORPUS [PATTERN …] [--level full] [--verbose]

Reads, writes and lints every manifest, runs every one that can run without a cluster on a real server, and
compares the node trees, or the claims where no tree was recorded. Exit code 0 when nothing was unexpected:
each difference stands in `expected.txt`, and each line there is still true.
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
from tests.conformance.plugins import PluginHosts
from tests.conformance.running import UNSUPPORTED, Outcome, run_all
from tests.conformance.server import NAMESPACE, Server

EXPECTED = Path(__file__).parent / "expected.txt"


#: what became of a manifest, in the words of the table
KINDS = {
    "identical": "come to the tree that was recorded, or are refused as recorded",
    "claimed": "ran without a record to compare with, and came out as claimed",
    "refused": "are refused at submit for want of a cluster, with the reason",
    "linted": "were only read, written and linted",
}


@dataclass(frozen=True)
class Verdict:
    """`kind` is one of KINDS; `detail` says where or why."""

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
    left = [entry for entry in chosen if entry.file not in verdicts]
    # what has no record is mostly what takes longest
    runnable = sorted((entry for entry in left if not entry.skipped), key=lambda entry: bool(entry.goldens))
    began = time.monotonic()
    with PluginHosts(runnable) as plugins, Server({"SLUICE_EXECUTOR_PLUGINS": plugins.setting}) as server:
        verdicts |= _run(server, corpus, runnable, options)
        for entry in left:
            if entry.skipped:
                verdicts[entry.file] = _of_skipped(server, entry)
    print(f"\n{len(runnable)} manifests run in {time.monotonic() - began:.0f} s, level {options.level}\n")
    expected = _expected(corpus.folder)
    return _report([verdicts[entry.file] for entry in chosen], expected, complete=not options.pattern)


def _run(
    server: Server, corpus: Corpus, runnable: list[Entry], options: argparse.Namespace
) -> dict[str, Verdict]:
    """Run and compare all entries; again those that came out otherwise by chance, perhaps."""
    verdicts: dict[str, Verdict] = {}
    tell = _teller(len(runnable))
    due = runnable
    for turn in range(max((entry.tries for entry in runnable), default=0)):
        for outcome in run_all(server, corpus, due, at_once=options.at_once, tell=tell, turn=turn):
            file = outcome.entry.file
            verdicts[file] = _verdict(corpus, outcome, options.level, verbose=options.verbose)
        due = [entry for entry in due if entry.tries > turn + 1 and verdicts[entry.file].kind == "differing"]
    return verdicts


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tests.conformance", description="Compare with trees recorded from Argo."
    )
    parser.add_argument("corpus", type=Path, help="a folder with corpus.json")
    parser.add_argument("pattern", nargs="*", help="only files that match, as in 'extra/*'")
    parser.add_argument("--level", default="full", choices=("phase", "tree", "data", "full"))
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
        return Verdict(file, "refused", outcome.unsupported)
    if outcome.failure:
        return Verdict(file, "differing", outcome.failure)
    found = _differences(corpus, outcome, level)
    if found and verbose:
        print(f"{file}:", *found, sep="\n    ", file=sys.stderr)
    if found:
        return Verdict(file, "differing", found[0])
    return Verdict(file, "identical" if outcome.entry.goldens else "claimed")


def _differences(corpus: Corpus, outcome: Outcome, level: str) -> list[str]:
    """From the recorded trees; where there are none, or chance decided them, from what is claimed."""
    goldens, documents = outcome.entry.goldens, outcome.documents
    if goldens and len(goldens) != len(documents):
        return [f"{len(documents)} runs, recorded were {len(goldens)}"]
    found = [
        difference
        for golden, document in zip(goldens, documents, strict=False)
        for difference in corpus.compare.compare(golden, document, level=level)
    ]
    if not goldens:
        found += [
            fault
            for document in documents
            for fault in corpus.compare.check_claims(outcome.entry.claims, document)
        ]
    return list(map(str, found))


def _of_skipped(server: Server, entry: Entry) -> Verdict:
    """What is not run may still have to be refused here."""
    problems = server.problems(NAMESPACE, entry.text)
    reasons = dict.fromkeys(problem["message"] for problem in problems if problem["code"] == UNSUPPORTED)
    if reasons:
        return Verdict(entry.file, "refused", "; ".join(reasons))
    return Verdict(entry.file, "linted", entry.skipped)


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
        print(f"{verdict.file:{width}}  {verdict.kind:9}  {verdict.detail[:200]}".rstrip())
    differing = {v.file for v in verdicts if v.kind == "differing"}
    surprising = differing - expected.keys()
    fixed = {v.file for v in verdicts if v.file in expected and v.kind != "differing"}
    gone = expected.keys() - {v.file for v in verdicts} if complete else set()
    print()
    for file in sorted(surprising):
        print(f"unexpected: {file} differs")
    for file in sorted(fixed | gone):
        print(f"unexpected: {file} does not differ any more; take it out of {EXPECTED.name}")
    for kind, meaning in KINDS.items():
        print(f"{sum(v.kind == kind for v in verdicts):4} {meaning}")
    unexpected = len(surprising) + len(fixed) + len(gone)
    print(f"conformance: {len(differing)} differing, {unexpected} unexpected")
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
