// The scene of a graph and where its cards stand. While the worker lays out the next one, the last stays in view.

import { useEffect, useMemo, useRef, useState } from "react";
import { LayoutService } from "@/shared/graph/LayoutService";
import type { GraphView } from "@/shared/live/graphStore";
import { artifactsOf } from "./artifacts";
import { layoutInput, placementOf, type Direction, type Placement } from "./placement";
import { plannedNodes } from "./planned";
import { sceneOf, type Scene } from "./scene";
import type { Json } from "./templates";

export interface PlacedScene {
  scene: Scene;
  placement: Placement;
}

interface Wanted {
  graph: GraphView;
  workflow: Json | undefined;
  folds: ReadonlyMap<number, boolean>;
  direction: Direction;
  withArtifacts: boolean;
}

export function usePlacedScene({ graph, workflow, folds, direction, withArtifacts }: Wanted): { placed: PlacedScene | undefined; fault: string } {
  const [placed, setPlaced] = useState<PlacedScene>();
  const [fault, setFault] = useState("");
  const service = useRef<LayoutService>(undefined);
  const shaped = useShape(graph);
  const scene = useMemo(() => {
    const artifacts = withArtifacts ? artifactsOf(workflow) : undefined;
    return sceneOf(shaped, { folds, planned: plannedNodes(shaped, workflow), artifacts });
  }, [shaped, workflow, folds, withArtifacts]);

  useEffect(() => {
    const started = new LayoutService(setFault);
    service.current = started;
    return () => started.close();
  }, []);

  useEffect(() => {
    service.current?.ask(layoutInput(scene, direction), (result) => setPlaced({ scene, placement: placementOf(scene, result, direction) }));
  }, [scene, direction]);

  return { placed, fault };
}

// The graph as it was when nodes or edges last came or went, or when a composite ended (nothing more is planned inside).
function useShape(graph: GraphView): GraphView {
  const [kept, setKept] = useState({ graph, ended: endedComposites(graph) });
  if (kept.graph === graph) return graph;
  const ended = endedComposites(graph);
  if (kept.graph.structure === graph.structure && kept.ended === ended) return kept.graph;
  setKept({ graph, ended });
  return graph;
}

const COMPOSITES: ReadonlySet<string> = new Set(["DAG", "Steps"]);

function endedComposites(graph: GraphView): number {
  let count = 0;
  for (const node of graph.nodes.values()) if (COMPOSITES.has(node.type) && node.finishedAt !== null) count += 1;
  return count;
}
