// Where the keys lead: along dependencies, beside each other, from one match to the next. Pure.

import { treeOf } from "../model/tree";
import type { GraphNode } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";
import type { Placement } from "./placement";
import type { Scene } from "./scene";

export type Arrow = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";
type Step = "after" | "before" | "next" | "previous";

const STEPS: Record<Placement["direction"], Record<Arrow, Step>> = {
  horizontal: { ArrowRight: "after", ArrowLeft: "before", ArrowDown: "next", ArrowUp: "previous" },
  vertical: { ArrowDown: "after", ArrowUp: "before", ArrowRight: "next", ArrowLeft: "previous" },
};

/** The card an arrow leads to; undefined when there is none. Planned cards cannot be chosen and are passed over. */
export function cardAfter(scene: Scene, placement: Placement, from: number | undefined, arrow: Arrow): number | undefined {
  if (from === undefined) return scene.cards.findIndex((card) => card.kind === "node");
  const step = STEPS[placement.direction][arrow];
  const across = placement.direction === "horizontal" ? placement.y : placement.x;
  if (step === "after" || step === "before") {
    const end = step === "after" ? 0 : 1;
    const linked = scene.links.filter((link) => link[end] === from).map((link) => link[1 - end]!);
    return nearest(linked.filter((card) => scene.cards[card]!.kind === "node"), (card) => Math.abs(across[card]! - across[from]!));
  }
  return beside(scene, placement, from, step === "next" ? 1 : -1);
}

/** The card beside it in the rank; with packed rows, the one straight below or above, else to the side. */
function beside(scene: Scene, placement: Placement, from: number, sign: 1 | -1): number | undefined {
  const [across, along] = placement.direction === "horizontal" ? [placement.y, placement.x] : [placement.x, placement.y];
  const ahead: number[] = [];
  scene.cards.forEach((card, place) => {
    if (card.kind !== "node" || placement.rank[place] !== placement.rank[from]) return;
    if ((across[place]! - across[from]!) * sign > 1) ahead.push(place);
  });
  return nearest(ahead, (card) => Math.abs(across[card]! - across[from]!) + Math.abs(along[card]! - along[from]!) * 4);
}

/** The next child of the same node in the tree. */
export function siblingOf(graph: GraphView, idx: number, sign: 1 | -1): number | undefined {
  const tree = treeOf(graph);
  const parent = tree.parent.get(idx);
  const all = parent === undefined ? tree.roots : tree.children.get(parent)!;
  return all[all.indexOf(idx) + sign];
}

/** Round and round through the nodes that fit, in order of creation. */
export function nextMatch(graph: GraphView, from: number | undefined, sign: 1 | -1, fits: (node: GraphNode) => boolean): GraphNode | undefined {
  const all = [...graph.nodes.values()].filter(fits).sort((one, other) => (one.idx - other.idx) * sign);
  return all.find((node) => from !== undefined && (node.idx - from) * sign > 0) ?? all[0];
}

function nearest(cards: readonly number[], distance: (card: number) => number): number | undefined {
  let found: number | undefined;
  let least = Infinity;
  for (const card of cards) {
    const away = distance(card);
    if (away >= least) continue;
    least = away;
    found = card;
  }
  return found;
}
