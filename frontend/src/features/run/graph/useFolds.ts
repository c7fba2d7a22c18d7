// Which groups are folded, and that a node chosen elsewhere is never hidden.

import { useCallback, useState } from "react";
import { treeOf } from "../model/tree";
import type { GraphView } from "@/shared/live/graphStore";
import { foldsThatShow } from "./scene";

export interface Folds {
  chosen: ReadonlyMap<number, boolean>;
  set: (idx: number, folded: boolean) => void;
  setAll: (folded: boolean) => void;
  show: (idx: number) => void;
}

export function useFolds(graph: GraphView): Folds {
  const [chosen, setChosen] = useState<ReadonlyMap<number, boolean>>(new Map());
  const set = useCallback((idx: number, folded: boolean) => setChosen((now) => new Map(now).set(idx, folded)), []);
  // The run itself stays open: a single card is no graph.
  const setAll = (folded: boolean) => {
    const tree = treeOf(graph);
    setChosen(new Map([...tree.children.keys()].filter((idx) => tree.parent.has(idx)).map((idx) => [idx, folded])));
  };
  const show = useCallback((idx: number) => setChosen((now) => new Map([...now, ...foldsThatShow(graph, idx)])), [graph]);
  return { chosen, set, setAll, show };
}
