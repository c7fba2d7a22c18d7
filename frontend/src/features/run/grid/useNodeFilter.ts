// The filter of nodes, held by the URL.

import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { filterOf, withFilter, type NodeFilter } from "../model/filter";

export function useNodeFilter(): [NodeFilter, (change: Partial<NodeFilter>) => void] {
  const [parameters, setParameters] = useSearchParams();
  const filter = useMemo(() => filterOf(parameters), [parameters]);
  const change = (changed: Partial<NodeFilter>) =>
    setParameters((now) => withFilter(now, { ...filterOf(now), ...changed }), { replace: true });
  return [filter, change];
}
