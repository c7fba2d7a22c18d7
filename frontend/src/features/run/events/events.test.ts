import { expect, test } from "vitest";
import type { RunSummary } from "@/shared/api/types";
import { graphOf } from "../model/sample";
import { eventsOf, matchingEvents } from "./events";

const run = {
  metadata: { creationTimestamp: "1970-01-01T00:00:00Z" },
  status: { phase: "Failed", startedAt: "1970-01-01T00:00:01Z", finishedAt: "1970-01-01T00:00:05Z", message: "child failed" },
  sluice: {},
} as RunSummary;

const graph = graphOf([
  ["run", "DAG", [], null, { startedAt: 1_000, finishedAt: 5_000, phase: "Failed", message: "child failed" }],
  ["run.a", "Pod", ["run"], "run", { startedAt: 1_000, finishedAt: 3_000 }],
  ["run.b", "Pod", ["run.a"], "run", { startedAt: 3_000, finishedAt: 5_000, phase: "Failed", message: "exit code 1" }],
  ["run.c", "Pod", ["run.b"], "run", { startedAt: 5_000, finishedAt: 5_000, phase: "Omitted", message: "depends condition not met" }],
  ["run.d", "Pod", ["run"], "run"],
]);
const told = (events: ReturnType<typeof eventsOf>) => events.map((event) => `${event.at} ${event.node?.displayName ?? "*"} ${event.kind}`);

test("in order; what ended stands before what it let begin, the run around all", () => {
  expect(told(eventsOf(run, graph))).toEqual([
    "0 * created",
    "1000 * started",
    "1000 run started",
    "1000 a started",
    "3000 a ended",
    "3000 b started",
    "5000 run ended",
    "5000 b ended",
    "5000 c passed",
    "5000 * ended",
  ]);
});

test("a node that waits tells so until it goes on", () => {
  const waits = { startedAt: 7, phase: "Running", waiting: { reason: "person" } } as const;
  const events = eventsOf(undefined, graphOf([["gate", "Suspend", [], null, waits]]));
  expect(events.map((event) => [event.kind, event.state])).toEqual([["started", "running"], ["waiting", "approval"]]); // prettier-ignore
});

test("filtered by words and kind", () => {
  const events = eventsOf(run, graph);
  expect(told(matchingEvents(events, "EXIT code", []))).toEqual(["5000 b ended"]);
  expect(told(matchingEvents(events, "", ["passed"]))).toEqual(["5000 c passed"]);
  expect(matchingEvents(events, "nothing like it", [])).toEqual([]);
});
