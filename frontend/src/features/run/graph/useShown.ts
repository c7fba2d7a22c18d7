// Gathers what the canvas is to show: cards and places, states as of now, colours of the theme, matches of the filter.

import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { stateWords } from "@/shared/state/words";
import { formatDuration } from "@/shared/time/format";
import { treeOf } from "../model/tree";
import type { GraphNode } from "@/shared/api/types";
import { readColours, type Colours } from "./colours";
import { graphMessages } from "./messages";
import type { Shown } from "./Screen";
import type { Scene } from "./scene";
import { statesOf } from "./states";
import type { PlacedScene } from "./usePlacedScene";
import { useClock } from "./useScreen";

type Matcher = ((node: GraphNode) => boolean) | undefined;

export function useShown(placed: PlacedScene | undefined, graph: GraphView, selected: number | undefined, matcher: Matcher): Shown | undefined {
  const t = useMessages(graphMessages);
  const words = useMessages(stateWords);
  const colours = useColours();
  const states = useMemo(() => placed && statesOf(placed.scene, graph), [placed, graph]);
  const matches = useMemo(() => placed && matcher && matchesOf(placed.scene, graph, matcher), [placed, graph, matcher]);
  const isRunning = states?.state.includes("running") ?? false;
  const now = useClock(isRunning);
  return useMemo(() => {
    if (!placed || !states || !colours) return undefined;
    const { scene, placement } = placed;
    const subtitle = (place: number) => {
      const card = scene.cards[place]!;
      if (card.kind === "artifact") return t.artifact;
      if (card.kind === "planned") return card.many ? t.plannedMany : t.planned;
      const node = graph.nodes.get(card.idx);
      const state = states.state[place];
      const time = node?.startedAt ? formatDuration(Math.max(0, (node.finishedAt ?? now) - node.startedAt)) : "";
      return [state && words[state], card.folded ? t.items(card.children) : time].filter(Boolean).join(" · ");
    };
    return { scene, placement, states, colours, selected, matches, subtitle, laneTitle: t.lane };
  }, [placed, states, colours, selected, matches, graph, words, t, now]);
}

/** Colours as values, read anew when the scheme changes. */
function useColours(): Colours | undefined {
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const [colours, setColours] = useState<Colours>();
  useEffect(() => {
    // the attribute that the colours hang on is set in an effect of the provider, which comes after this one
    const frame = requestAnimationFrame(() => setColours(readColours()));
    return () => cancelAnimationFrame(frame);
  }, [scheme]);
  return colours;
}

/** A folded card matches when it or anything it hides does. */
function matchesOf(scene: Scene, graph: GraphView, matcher: (node: GraphNode) => boolean): Uint8Array {
  const matches = new Uint8Array(scene.cards.length);
  const tree = treeOf(graph);
  for (const node of graph.nodes.values()) {
    if (!matcher(node)) continue;
    let idx: number | undefined = node.idx;
    while (idx !== undefined && !scene.cardOfIdx.has(idx)) idx = tree.parent.get(idx);
    const card = idx === undefined ? undefined : scene.cardOfIdx.get(idx);
    if (card !== undefined) matches[card] = 1;
  }
  return matches;
}
