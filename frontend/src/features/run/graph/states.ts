// The states of the cards as of now, and for groups how many children are in which state.

import { treeOf } from "../model/tree";
import { stateOfNode, STATES, type State } from "@/shared/state/states";
import type { GraphView } from "@/shared/live/graphStore";
import type { Scene } from "./scene";

export interface CardStates {
  /** by place of the card; undefined for what has none: planned nodes, artifacts, nodes that are gone */
  state: readonly (State | undefined)[];
  /** by place of folded cards: number of children in each of STATES */
  heat: ReadonlyMap<number, readonly number[]>;
}

const PLACE_OF = new Map(STATES.map((state, place) => [state, place]));

export function statesOf(scene: Scene, graph: GraphView): CardStates {
  const heat = new Map<number, number[]>();
  const state = scene.cards.map((card, place) => {
    const node = card.kind === "node" ? graph.nodes.get(card.idx) : undefined;
    if (node && card.folded) heat.set(place, heatOf(graph, card.idx));
    return node && stateOfNode(node);
  });
  return { state, heat };
}

function heatOf(graph: GraphView, idx: number): number[] {
  const counts = STATES.map(() => 0);
  for (const child of treeOf(graph).children.get(idx) ?? []) {
    const place = PLACE_OF.get(stateOfNode(graph.nodes.get(child)!))!;
    counts[place] = counts[place]! + 1;
  }
  return counts;
}
