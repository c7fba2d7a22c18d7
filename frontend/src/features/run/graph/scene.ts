// What the graph tab shows of a run: nodes, planned nodes and artifacts as cards, packed into boxes that a layout
// places, with the edges between them. Pure. Not for states: they change far more often, see `states.ts`.
//
// Folding hides all that stands below a node in the tree; edges of what is hidden go to the card that hides it.
// Cards that come after the same and before the same (items of a loop) are packed into one box, in rows.

import { ancestors, treeOf } from "../model/tree";
import type { GraphNode } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";
import { artifactCards, type ArtifactsOfNode } from "./artifacts";
import { boxesOf, type Box } from "./boxes";
import type { PlannedNode } from "./planned";

export interface Card {
  kind: "node" | "planned" | "artifact";
  /** idx of the node; of an artifact that of the node that made it; -1 for planned ones */
  idx: number;
  id: string | undefined;
  label: string;
  type: string;
  templateName: string;
  /** number of children in the tree; 0 for what cannot be folded */
  children: number;
  folded: boolean;
  many: boolean;
  lane: 0 | 1;
}

export interface Scene {
  cards: readonly Card[];
  boxes: readonly Box[];
  /** the box that holds a card */
  boxOf: Int32Array;
  /** between boxes */
  from: Int32Array;
  to: Int32Array;
  /** between cards, for walking along them */
  links: readonly (readonly [from: number, to: number])[];
  /** the card that shows a node: its own, or the folded one above it */
  cardOfIdx: ReadonlyMap<number, number>;
}

export interface SceneOptions {
  /** by idx: folded or not as somebody chose; else large groups are folded */
  folds: ReadonlyMap<number, boolean>;
  planned: readonly PlannedNode[];
  artifacts: ReadonlyMap<string, ArtifactsOfNode> | undefined;
}

/** Groups with more children than this are folded until somebody opens them. */
export const FOLDED_ABOVE = 200;
const GROUPS: ReadonlySet<string> = new Set(["TaskGroup", "StepGroup", "Retry"]);

export function sceneOf(graph: GraphView, { folds, planned, artifacts }: SceneOptions): Scene {
  const tree = treeOf(graph);
  const inLane = laneMembers(graph);
  const isFolded = (node: GraphNode, children: number) =>
    folds.get(node.idx) ?? (GROUPS.has(node.type) && children > FOLDED_ABOVE);

  const cards: Card[] = [];
  const cardOfIdx = new Map<number, number>();
  const show = (idx: number, hiddenBy: number | undefined) => {
    const node = graph.nodes.get(idx)!;
    const below = tree.children.get(idx) ?? [];
    let hider = hiddenBy;
    if (hider === undefined) {
      const folded = below.length > 0 && isFolded(node, below.length);
      const place = cards.push(cardOfNode(node, below.length, folded, inLane.has(idx))) - 1;
      cardOfIdx.set(idx, place);
      if (folded) hider = place;
    } else cardOfIdx.set(idx, hider);
    for (let at = below.length - 1; at >= 0; at -= 1) stack.push([below[at]!, hider]);
  };
  const stack: [number, number | undefined][] = tree.roots.toReversed().map((idx) => [idx, undefined]);
  for (let top = stack.pop(); top; top = stack.pop()) show(...top);

  const links = new Links();
  for (const node of graph.nodes.values()) {
    for (const parent of node.parents) links.add(cardOfIdx.get(parent), cardOfIdx.get(node.idx));
  }
  addPlanned(graph, planned, cards, cardOfIdx, links);
  if (artifacts) addArtifacts(graph, artifacts, cards, cardOfIdx, links);
  return { cards, cardOfIdx, links: links.all, ...boxesOf(cards, links.all) };
}

/** Cards that must be opened so that a node is seen, with what they are to be: not folded. */
export function foldsThatShow(graph: GraphView, idx: number): Map<number, boolean> {
  return new Map(ancestors(treeOf(graph), idx).map((one) => [one, false]));
}

function cardOfNode(node: GraphNode, children: number, folded: boolean, inLane: boolean): Card {
  return {
    kind: "node",
    idx: node.idx,
    id: node.id,
    label: node.displayName,
    type: node.type,
    templateName: node.templateName,
    children,
    folded,
    many: false,
    lane: inLane ? 1 : 0,
  };
}

/** Exit handlers and hooks, and all that stands below them. */
function laneMembers(graph: GraphView): ReadonlySet<number> {
  const tree = treeOf(graph);
  const found = new Set<number>();
  const stack = [...graph.nodes.values()].filter((node) => node.nodeFlag?.hooked).map((node) => node.idx);
  for (let idx = stack.pop(); idx !== undefined; idx = stack.pop()) {
    if (found.has(idx)) continue;
    found.add(idx);
    stack.push(...(tree.children.get(idx) ?? []));
  }
  return found;
}

class Links {
  readonly all: [number, number][] = [];
  private readonly known = new Set<number>();

  add(from: number | undefined, to: number | undefined): void {
    if (from === undefined || to === undefined || from === to) return;
    const key = from * 4_194_304 + to;
    if (this.known.has(key)) return;
    this.known.add(key);
    this.all.push([from, to]);
  }
}

function addPlanned(graph: GraphView, planned: readonly PlannedNode[], cards: Card[], cardOfIdx: ReadonlyMap<number, number>, links: Links): void {
  if (planned.length === 0) return;
  const cardOfName = new Map<string, number>();
  for (const node of graph.nodes.values()) cardOfName.set(node.name, cardOfIdx.get(node.idx)!);
  for (const node of planned) {
    const card: Card = {
      kind: "planned",
      idx: -1,
      id: undefined,
      label: node.displayName,
      type: node.type,
      templateName: node.templateName,
      children: 0,
      folded: false,
      many: node.many,
      lane: node.inLane ? 1 : 0,
    };
    cardOfName.set(node.name, cards.push(card) - 1);
  }
  for (const node of planned) for (const name of node.after) links.add(cardOfName.get(name), cardOfName.get(node.name));
}

function addArtifacts(
  graph: GraphView,
  artifacts: ReadonlyMap<string, ArtifactsOfNode>,
  cards: Card[],
  cardOfIdx: ReadonlyMap<number, number>,
  links: Links,
): void {
  for (const { card, makers, users } of artifactCards(graph, artifacts)) {
    const near = cardOfIdx.get(makers[0] ?? users[0] ?? -1);
    if (near === undefined || cards[near]!.folded) continue;
    const place = cards.push({ ...card, lane: cards[near]!.lane }) - 1;
    for (const maker of makers) links.add(cardOfIdx.get(maker), place);
    for (const user of users) links.add(place, cardOfIdx.get(user));
  }
}
