import { describe, expect, test } from "vitest";
import { graphOf } from "../model/sample";
import { criticalPath, predecessorOf } from "./critical";
import { idleGaps, scaleOf, ticksOf } from "./scale";
import { barsOf, extentOf } from "./segments";

const times = (startedAt: number | null, finishedAt: number | null) => ({ startedAt, finishedAt });

const run = graphOf([
  ["run", "Steps", [], null, times(0, 10_000)],
  ["run[0]", "StepGroup", ["run"], "run", times(0, 4_000)],
  ["run[0].quick", "Pod", ["run[0]"], "run", times(0, 1_000)],
  ["run[0].slow", "Retry", ["run[0]"], "run", times(0, 4_000)],
  ["run[0].slow(0)", "Pod", ["run[0].slow"], "run", { ...times(0, 1_500), phase: "Failed" }],
  ["run[0].slow(1)", "Pod", ["run[0].slow"], "run", times(2_500, 4_000)],
  ["run[1]", "StepGroup", ["run[0].quick", "run[0].slow(1)"], "run", times(4_000, 9_000)],
  ["run[1].gate", "Suspend", ["run[1]"], "run", times(4_000, 9_000)],
  ["run[1].never", "Skipped", ["run[1]"], "run", { ...times(4_000, 4_000), phase: "Skipped" }],
  ["run[2]", "StepGroup", ["run[1].gate"], "run", times(9_000, null)],
  ["run[2].last", "Pod", ["run[2]"], "run", { ...times(9_500, null), phase: "Running" }],
]);
const names = (idx: Iterable<number>) => [...idx].map((one) => run.nodes.get(one)!.displayName);

test("the critical path goes through gates and attempts, not through what was quicker", () => {
  expect(names(criticalPath(run))).toEqual(["last", "gate", "slow(1)", "slow(0)"]);
});

test("what began with the run had nothing before it", () => {
  expect(predecessorOf(run, run.nodes.get(2)!)).toBeUndefined();
});

test("a DAG's task waits for the last of a group it depends on", () => {
  const dag = graphOf([
    ["run", "DAG", [], null, times(0, 9)],
    ["run.loop", "TaskGroup", ["run"], "run", times(0, 5)],
    ["run.loop(0)", "Pod", ["run.loop"], "run", times(0, 5)],
    ["run.loop(1)", "Pod", ["run.loop"], "run", times(0, 3)],
    ["run.after", "Pod", ["run.loop"], "run", times(5, 9)],
  ]);
  expect([...criticalPath(dag)]).toEqual([4, 2]);
});

test("bars of leaves, with the wait before them and what suspended them", () => {
  const bars = barsOf(run);
  expect(bars.map((bar) => bar.node.displayName)).toEqual(["quick", "slow(0)", "slow(1)", "gate", "last"]);
  expect(bars.map((bar) => bar.segments)).toEqual([
    [{ kind: "run", from: 0, to: 1_000 }],
    [{ kind: "run", from: 0, to: 1_500 }],
    [{ kind: "before", from: 1_500, to: 2_500 }, { kind: "run", from: 2_500, to: 4_000 }],
    [{ kind: "hold", from: 4_000, to: 9_000 }],
    [{ kind: "before", from: 9_000, to: 9_500 }, { kind: "run", from: 9_500, to: undefined }],
  ]); // prettier-ignore
  expect(extentOf(bars, 12_000)).toEqual([0, 12_000]);
  expect(extentOf([], 0)).toBeUndefined();
});

test("gaps are times in which nothing is at work", () => {
  expect(idleGaps(barsOf(run), 0, 12_000, 12_000)).toEqual([
    { from: 1_500, to: 2_500 },
    { from: 4_000, to: 9_500 },
  ]);
  expect(idleGaps(barsOf(run), 5_000, 8_000, 12_000)).toEqual([{ from: 5_000, to: 8_000 }]);
});

describe("scaleOf", () => {
  test("without gaps it is a straight line", () => {
    const scale = scaleOf(100, 200, 500, []);
    expect([scale.x(100), scale.x(150), scale.x(200)]).toEqual([0, 250, 500]);
    expect(scale.time(250)).toBe(150);
  });

  test("a gap takes little room, there and back is the same, order is kept", () => {
    const scale = scaleOf(0, 10_000, 400, [{ from: 2_000, to: 9_000 }]);
    expect(scale.x(9_000) - scale.x(2_000)).toBeCloseTo(28);
    expect(scale.x(10_000)).toBeCloseTo(400);
    for (const time of [0, 500, 2_000, 5_000, 9_000, 9_999]) expect(scale.time(scale.x(time))).toBeCloseTo(time);
    for (let time = 0; time < 10_000; time += 100) expect(scale.x(time + 100)).toBeGreaterThan(scale.x(time));
  });

  test("nothing is compressed when all is a gap, or there are too many to see", () => {
    expect(scaleOf(0, 100, 400, [{ from: 0, to: 100 }]).gaps).toEqual([]);
    expect(scaleOf(0, 100, 40, [{ from: 10, to: 50 }]).gaps).toEqual([]);
  });

  test("ticks are round, apart, and not in a gap", () => {
    const scale = scaleOf(1_000, 11_000, 600, [{ from: 4_000, to: 9_000 }]);
    const ticks = ticksOf(scale, 1_000, 80);
    expect(ticks[0]).toBe(1_000);
    expect(ticks.every((tick) => tick <= 4_000 || tick >= 9_000)).toBe(true);
    const places = ticks.map((tick) => scale.x(tick));
    expect(places.every((place, index) => index === 0 || place - places[index - 1]! >= 80)).toBe(true);
    expect(ticks.length).toBeGreaterThan(3);
  });
});
