// Answers derived from a view of a graph, each computed once: views are immutable, so their answers never change.

import type { GraphView } from "@/shared/live/graphStore";

export function oncePerView<T extends object>(derive: (graph: GraphView) => T): (graph: GraphView) => T {
  const known = new WeakMap<GraphView, T>();
  return (graph) => {
    const found = known.get(graph);
    if (found !== undefined) return found;
    const derived = derive(graph);
    known.set(graph, derived);
    return derived;
  };
}
