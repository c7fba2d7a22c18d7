// The graph tab of a run: the canvas with its tools, keys and overview.

import { Alert, VisuallyHidden } from "@mantine/core";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useMessages } from "@/shared/i18n/messages";
import { useShortcut } from "@/shared/keys/shortcuts";
import type { GraphView } from "@/shared/live/graphStore";
import { stateOfNode } from "@/shared/state/states";
import { stateWords } from "@/shared/state/words";
import { EmptyState } from "@/shared/ui/EmptyState";
import { FilterBar } from "../grid/FilterBar";
import { useNodeFilter } from "../grid/useNodeFilter";
import { matcherOf } from "../model/filter";
import { nodeWithId } from "../model/tree";
import type { GraphNode } from "@/shared/api/types";
import { CardTip, type Tip } from "./CardTip";
import { savePng, saveSvg } from "./exportGraph";
import { GraphTools, ZOOM_STEP, ZoomTools } from "./GraphTools";
import { graphMessages } from "./messages";
import { Minimap } from "./Minimap";
import type { MinimapScreen } from "./MinimapScreen";
import { cardAfter, nextMatch, siblingOf, type Arrow } from "./navigation";
import classes from "./RunGraph.module.css";
import { useDirection } from "./useDirection";
import { useFolds } from "./useFolds";
import { usePlacedScene } from "./usePlacedScene";
import { useScreen } from "./useScreen";
import { useShown } from "./useShown";
import { record } from "./templates";

interface Props {
  graph: GraphView;
  selected: string | undefined;
  onSelect: (id: string | undefined) => void;
  /** the whole Workflow object: its templates tell what is planned, its nodes which artifacts there are */
  workflow: object | undefined;
}

export default function RunGraph({ graph, selected, onSelect, workflow }: Props) {
  const t = useMessages(graphMessages);
  const words = useMessages(stateWords);
  const [filter] = useNodeFilter();
  const matcher = useMemo(() => matcherOf(filter), [filter]);
  const matching = useMemo(() => (matcher ? [...graph.nodes.values()].filter(matcher).length : graph.nodes.size), [graph, matcher]);
  const [direction, setDirection] = useDirection();
  const [withArtifacts, setWithArtifacts] = useState(false);
  const [tip, setTip] = useState<Tip>();
  const folds = useFolds(graph);
  const json = useMemo(() => (workflow ? record(workflow) : undefined), [workflow]);
  const { placed, fault } = usePlacedScene({ graph, workflow: json, folds: folds.chosen, direction, withArtifacts });

  const node = nodeWithId(graph, selected);
  const card = node && placed?.scene.cardOfIdx.get(node.idx);
  const isHidden = card !== undefined && placed?.scene.cards[card]?.idx !== node?.idx;
  const shown = useShown(placed, graph, isHidden ? undefined : card, matcher);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const minimap = useRef<MinimapScreen>(undefined);
  const toggle = (at: number) => {
    const pressed = placed?.scene.cards[at];
    if (pressed && pressed.children > 0) folds.set(pressed.idx, !pressed.folded);
  };
  const screen = useScreen(canvas, minimap, shown, {
    onPress: (at) => onSelect(at === undefined ? undefined : placed?.scene.cards[at]?.id),
    onOpen: toggle,
    onHover: (at, x, y) => setTip(at === undefined ? undefined : { card: at, x, y, ...sizeOf(canvas.current) }),
  });

  // Whatever is chosen, here or elsewhere, is opened and brought into view: once, not again at every change.
  const revealed = useRef<string>(undefined);
  const { show } = folds;
  useEffect(() => {
    if (selected === undefined) revealed.current = undefined;
    if (!node || card === undefined || revealed.current === node.id || !shown) return;
    if (isHidden) return show(node.idx);
    revealed.current = node.id;
    screen.current?.reveal(card);
  }, [selected, node, card, isHidden, shown, show, screen]);

  const go = (found: GraphNode | undefined) => found && onSelect(found.id);
  const jump = (sign: 1 | -1, fits: (one: GraphNode) => boolean) => go(nextMatch(graph, node?.idx, sign, fits));
  const isFailed = (one: GraphNode) => one.phase === "Failed" || one.phase === "Error";
  useShortcut("f", t.keys, t.fit, () => screen.current?.fit());
  useShortcut("0", t.keys, t.actualSize, () => screen.current?.actualSize());
  useShortcut("+", t.keys, t.zoomIn, () => screen.current?.zoom(ZOOM_STEP));
  useShortcut("-", t.keys, t.zoomOut, () => screen.current?.zoom(1 / ZOOM_STEP));
  useShortcut("n", t.keys, t.nextFailed, () => jump(1, isFailed));
  useShortcut("shift+n", t.keys, t.previousFailed, () => jump(-1, isFailed));
  useShortcut("w", t.keys, t.nextWaiting, () => jump(1, (one) => stateOfNode(one) === "approval"));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || !placed) return;
    if (event.key === " " && card !== undefined) toggle(card);
    else if (event.key === "Escape") onSelect(undefined);
    else if (event.key.startsWith("Arrow")) {
      const arrow = event.key as Arrow;
      const sign = arrow === "ArrowDown" || arrow === "ArrowRight" ? 1 : -1;
      const sibling = event.shiftKey && node ? siblingOf(graph, node.idx, sign) : undefined;
      const next = event.shiftKey ? undefined : cardAfter(placed.scene, placed.placement, card, arrow);
      const idx = sibling ?? (next === undefined ? undefined : placed.scene.cards[next]?.idx);
      if (idx !== undefined) go(graph.nodes.get(idx));
    } else return;
    event.preventDefault();
  };

  const runName = [...graph.nodes.values()][0]?.name ?? "graph";
  const tipCard = tip && placed?.scene.cards[tip.card];
  return (
    <div className={classes["tab"]}>
      <div className={classes["tools"]}>
      <FilterBar graph={graph} shown={matching}>
        <GraphTools
          hasMatches={matcher !== undefined && matching > 0}
          onMatch={(sign) => matcher && jump(sign, matcher)}
          direction={direction}
          onDirection={setDirection}
          withArtifacts={withArtifacts}
          onArtifacts={setWithArtifacts}
          onFoldAll={folds.setAll}
          onSave={(kind) => shown && (kind === "svg" ? saveSvg(shown, runName) : void savePng(shown, runName))}
        />
      </FilterBar>
      </div>
      {fault ? <Alert color="red" mb="xs">{t.layoutFault}</Alert> : null}
      {placed?.scene.cards.length === 0 ? <EmptyState title={t.empty} /> : null}
      <div ref={frame} className={classes["frame"]} role="application" tabIndex={0} aria-label={t.name} aria-describedby="graph-help" onKeyDown={onKeyDown}>
        <canvas ref={canvas} className={classes["canvas"]} aria-hidden="true" />
        <ZoomTools onZoom={(factor) => screen.current?.zoom(factor)} onFit={() => screen.current?.fit()} />
        <Minimap label={t.minimap} screenRef={minimap} onMove={(x, y) => screen.current?.centreOn(x, y)} />
        {tip && tipCard ? (
          <CardTip tip={tip} card={tipCard} node={graph.nodes.get(tipCard.idx)} note={shown?.subtitle(tip.card) ?? ""} />
        ) : null}
      </div>
      <VisuallyHidden id="graph-help">{t.help}</VisuallyHidden>
      <VisuallyHidden role="status">{node ? `${node.displayName}, ${words[stateOfNode(node)]}` : ""}</VisuallyHidden>
    </div>
  ); // prettier-ignore
}

function sizeOf(canvas: HTMLCanvasElement | null) {
  return { width: canvas?.clientWidth ?? 0, height: canvas?.clientHeight ?? 0 };
}
