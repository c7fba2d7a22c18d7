import { expect, test } from "vitest";
import { graphOf, type Row } from "../model/sample";
import { firstFailure } from "./failures";

const failed = (finishedAt: number) => ({ phase: "Failed", finishedAt }) as const;

const cases: [string, Row[], string | undefined][] = [
  ["nothing failed", [["run", "Pod", [], null]], undefined],
  [
    "the node that failed itself, not the ones around it",
    [["run", "DAG", [], null, failed(9)], ["run.a", "Pod", ["run"], "run", failed(5)], ["run.b", "Pod", ["run"], "run", failed(3)]],
    "run.b",
  ],
  [
    "of attempts the last",
    [
      ["run", "DAG", [], null, failed(9)],
      ["run.a", "Retry", ["run"], "run", failed(8)],
      ["run.a(0)", "Pod", ["run.a"], "run", failed(2)],
      ["run.a(1)", "Pod", ["run.a"], "run", failed(7)],
    ],
    "run.a(1)",
  ],
  [
    "an attempt that a later one made good does not count",
    [
      ["run", "DAG", [], null, failed(9)],
      ["run.a", "Retry", ["run"], "run"],
      ["run.a(0)", "Pod", ["run.a"], "run", failed(2)],
      ["run.b", "Pod", ["run"], "run", failed(8)],
    ],
    "run.b",
  ],
  [
    "an exit handler comes after the rest",
    [
      ["run", "Pod", [], null, failed(9)],
      ["run.onExit", "Pod", [], null, { ...failed(1), nodeFlag: { hooked: true } }],
    ],
    "run",
  ],
  ["a group that fails without children", [["run", "DAG", [], null, failed(1)]], "run"],
];

test.each(cases)("%s", (_, rows, name) => expect(firstFailure(graphOf(rows))?.name).toBe(name));
