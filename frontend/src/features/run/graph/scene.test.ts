import { describe, expect, test } from "vitest";
import { layered } from "@/shared/graph/layered";
import { graphOf, type Row } from "../model/sample";
import { artifactsOf } from "./artifacts";
import { CARD_HEIGHT, layoutInput, placementOf } from "./placement";
import { foldsThatShow, sceneOf, type Scene, type SceneOptions } from "./scene";
import { statesOf } from "./states";

function fan(size: number): Row[] {
  const items = Array.from({ length: size }, (_, at): Row => [`run.loop(${at})`, "Pod", ["run.loop"], "run", at % 2 ? { phase: "Failed" } : {}]);
  return [
    ["run", "DAG", [], null],
    ["run.loop", "TaskGroup", ["run"], "run"],
    ...items,
    ["run.sum", "Pod", items.map(([name]) => name), "run"],
  ];
}

const nothing: SceneOptions = { folds: new Map(), planned: [], artifacts: undefined };

function drawing(scene: Scene): string[] {
  return scene.links.map(([from, to]) => `${scene.cards[from]!.label} > ${scene.cards[to]!.label}`);
}

describe("folding", () => {
  test("a group of more than 200 is one card, edges of what it hides are its own", () => {
    const graph = graphOf(fan(201));
    const scene = sceneOf(graph, nothing);
    expect(scene.cards.map((card) => [card.label, card.children, card.folded])).toEqual([
      ["run", 2, false], ["loop", 201, true], ["sum", 0, false],
    ]); // prettier-ignore
    expect(drawing(scene)).toEqual(["run > loop", "loop > sum"]);
    expect(statesOf(scene, graph).heat.get(1)?.filter(Boolean)).toEqual([101, 100]);
    expect(scene.cardOfIdx.get(7)).toBe(1);
  });

  test("what somebody opened or closed stays so", () => {
    expect(sceneOf(graphOf(fan(201)), { ...nothing, folds: new Map([[1, false]]) }).cards).toHaveLength(204);
    expect(sceneOf(graphOf(fan(3)), { ...nothing, folds: new Map([[0, true]]) }).cards).toHaveLength(1);
  });

  test("to show a node all above it is opened", () => {
    expect(foldsThatShow(graphOf(fan(2)), 2)).toEqual(new Map([[1, false], [0, false]])); // prettier-ignore
  });
});

describe("boxes", () => {
  test("items of a loop are packed, with one edge in and one out", () => {
    const scene = sceneOf(graphOf(fan(30)), nothing);
    expect(scene.boxes.map((box) => box.cards.length)).toEqual([1, 1, 30, 1]);
    expect(scene.from).toHaveLength(3);
  });

  test("packed cards do not overlap and lie within their box", () => {
    const scene = sceneOf(graphOf(fan(30)), nothing);
    for (const direction of ["horizontal", "vertical"] as const) {
      const placement = placementOf(scene, layered(layoutInput(scene, direction)), direction);
      const corners = new Set(scene.cards.map((_, card) => `${placement.x[card]} ${placement.y[card]}`));
      expect(corners.size).toBe(scene.cards.length);
      const pack = placement.packs[0]!;
      for (const card of scene.boxes[2]!.cards) {
        expect(placement.y[card]!).toBeGreaterThan(pack.y);
        expect(placement.y[card]! + CARD_HEIGHT).toBeLessThan(pack.y + pack.height);
      }
    }
  });

  test("a few stand as any others do", () => {
    expect(sceneOf(graphOf(fan(4)), nothing).boxes).toHaveLength(7);
  });
});

test("exit handlers and hooks stand in their lane with all below them", () => {
  const scene = sceneOf(
    graphOf([
      ["run", "Pod", [], null],
      ["run.onExit", "Steps", [], null, { nodeFlag: { hooked: true } }],
      ["run.onExit[0]", "StepGroup", ["run.onExit"], "run.onExit"],
    ]),
    nothing,
  );
  expect(scene.cards.map((card) => card.lane)).toEqual([0, 1, 1]);
});

test("a planned node comes after the card that shows what it follows", () => {
  const planned = [{ name: "run.b", displayName: "b", type: "Pod", templateName: "say", after: ["run.loop(1)"], inLane: false, many: false }];
  const scene = sceneOf(graphOf(fan(201)), { ...nothing, planned });
  expect(drawing(scene)).toContain("loop > b");
});

test("an artifact stands between who made it and who reads it", () => {
  const place = { s3: { key: "x" } };
  const workflow = {
    status: {
      nodes: {
        "id-a": { outputs: { artifacts: [{ name: "report", path: "/tmp/r", ...place }, { name: "main-logs", ...place }] } },
        "id-b": { inputs: { artifacts: [{ name: "from-a", path: "/in", ...place }] } },
      },
    },
  }; // prettier-ignore
  const graph = graphOf([["a", "Pod", [], null], ["b", "Pod", ["a"], null]]); // prettier-ignore
  const scene = sceneOf(graph, { ...nothing, artifacts: artifactsOf(workflow) });
  expect(drawing(scene)).toEqual(["a > b", "a > report", "report > b"]);
});
