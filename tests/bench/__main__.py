"""Runs every benchmark in a process of its own, prints one table and writes build/bench.json.

python -m tests.bench              all of them
python -m tests.bench latency …    some of them

With SLUICE_BENCH_POSTGRES, the URL of an empty database, engine and store are measured on PostgreSQL, too.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from tests.bench.results import Result, parse, show

FOLDER = Path(__file__).parent
NAMES = (
    "engine_store",
    "locks",
    "end_to_end",
    "latency",
    "submit",
    "run_list",
    "idle_memory",
    "process_ratio",
)
OUTPUT = Path("build/bench.json")


def _process_results(output: str) -> list[Result]:
    """`process_ratio` prints a small table of its own."""
    ratio = re.search(r"^ratio +([0-9.]+)", output, re.MULTILINE)
    rate = re.search(r"^executor +([0-9.]+) nodes/s", output, re.MULTILINE)
    if ratio is None or rate is None:
        return []
    return [
        Result("process.ratio_to_bare_loop", float(ratio[1]), "ratio", "≥ 0.4"),
        Result("process.nodes_per_s", float(rate[1]), "1/s"),
    ]


def _environments(name: str) -> list[dict[str, str]]:
    """Where to run a benchmark: as things are and, when there is one, on PostgreSQL."""
    plain = dict(os.environ)
    url = plain.get("SLUICE_BENCH_POSTGRES")
    return [plain, plain | {"SLUICE_DATABASE_URL": url}] if url and name == "engine_store" else [plain]


def main(wanted: list[str]) -> int:
    results: list[Result] = []
    failed: list[str] = []
    for name in wanted or [name for name in NAMES if (FOLDER / f"{name}.py").exists()]:
        for environment in _environments(name):
            print(f"… {name}", file=sys.stderr, flush=True)
            command = [sys.executable, "-m", f"tests.bench.{name}"]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment)
            results += parse(done.stdout) or _process_results(done.stdout)
            if done.returncode:
                failed.append(name)
    show(results)
    OUTPUT.parent.mkdir(exist_ok=True)
    OUTPUT.write_text(json.dumps([asdict(result) for result in results], indent=2, ensure_ascii=False) + "\n")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
