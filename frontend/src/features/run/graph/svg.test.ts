import { expect, test } from "vitest";
import { layered } from "@/shared/graph/layered";
import { STATES, type State } from "@/shared/state/states";
import { graphOf } from "../model/sample";
import type { Colours } from "./colours";
import { layoutInput, placementOf } from "./placement";
import { sceneOf } from "./scene";
import { statesOf } from "./states";
import { svgOf } from "./svg";

const state = Object.fromEntries(STATES.map((one) => [one, "#123456"])) as Record<State, string>;
const colours: Colours = { state, surface: "#fff", sunken: "#eee", line: "#ccc", text: "#000", dim: "#555", accent: "#08c", font: '"A & B", sans' };

test("the document is well formed whatever nodes are called", () => {
  const graph = graphOf([["<b>&\"\u0001'", "DAG", [], null], ["二番目 🙂", "Pod", ["<b>&\"\u0001'"], null]]); // prettier-ignore
  const scene = sceneOf(graph, { folds: new Map(), planned: [], artifacts: undefined });
  const placement = placementOf(scene, layered(layoutInput(scene, "horizontal")), "horizontal");
  const svg = svgOf({ scene, placement, states: statesOf(scene, graph), colours, selected: undefined, matches: undefined, subtitle: () => "1s", laneTitle: "" });
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
  expect(parsed.querySelector("parsererror")).toBeNull();
  expect(svg).toContain("&lt;b&gt;&amp;&quot;'");
  expect(svg).toContain("二番目 🙂");
  expect(svg.match(/<path d="M/g)).toHaveLength(1);
});
