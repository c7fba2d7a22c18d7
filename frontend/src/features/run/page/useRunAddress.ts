// Tab and selection of the run page, both in the URL: /runs/UID/TAB?node=ID.

import { useCallback } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { tabOf, type Tab } from "./tabs";

export interface RunAddress {
  uid: string;
  tab: Tab;
  selected: string | undefined;
  /** keeps the selection and whatever else the tabs put into the query */
  goTo: (tab: Tab, node?: string) => void;
  select: (id: string | undefined) => void;
}

export function useRunAddress(): RunAddress {
  const { uid = "", tab } = useParams();
  const [parameters, setParameters] = useSearchParams();
  const navigate = useNavigate();
  const select = useCallback(
    (id: string | undefined) => setParameters((old) => withNode(old, id), { replace: true }),
    [setParameters],
  );
  const goTo = useCallback(
    (next: Tab, node?: string) => {
      const query = node === undefined ? parameters : withNode(parameters, node);
      void navigate({ pathname: `/runs/${uid}/${next}`, search: query.toString() });
    },
    [navigate, uid, parameters],
  );
  return { uid, tab: tabOf(tab), selected: parameters.get("node") ?? undefined, goTo, select };
}

function withNode(old: URLSearchParams, id: string | undefined): URLSearchParams {
  const next = new URLSearchParams(old);
  if (id === undefined) next.delete("node");
  else next.set("node", id);
  return next;
}
