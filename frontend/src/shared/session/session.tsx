// Who is signed in, which namespaces they see, and which one the pages are about.

import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useSearchParams } from "react-router";
import { request } from "@/shared/api/client";

export interface Me {
  username: string;
  namespaces: { name: string; rights: string[] }[];
}

export function useMe(): Me | undefined {
  return useQuery({ queryKey: ["me"], queryFn: () => request<Me>("/api/me"), staleTime: 60_000 }).data;
}

const STORED = "sluice.namespace";

/** The namespace of the URL (?namespace=), else the one used last, else the first; "" before they are known. */
export function useNamespace(): [string, (name: string) => void] {
  const [parameters, setParameters] = useSearchParams();
  const names = useMe()?.namespaces.map((namespace) => namespace.name) ?? [];
  const wanted = parameters.get("namespace") ?? localStorage.getItem(STORED) ?? "";
  const chosen = names.includes(wanted) ? wanted : (names[0] ?? "");
  const choose = useCallback(
    (name: string) => {
      localStorage.setItem(STORED, name);
      setParameters((old) => {
        const next = new URLSearchParams(old);
        next.set("namespace", name);
        return next;
      });
    },
    [setParameters],
  );
  return [chosen, choose];
}

export function useRights(namespace: string): ReadonlySet<string> {
  const found = useMe()?.namespaces.find((one) => one.name === namespace);
  return new Set(found?.rights ?? []);
}
