// What went into a run and its nodes and what came out: values and files, of the whole run or of the selected node.

import { SegmentedControl, Stack } from "@mantine/core";
import { useSearchParams } from "react-router";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { nodeWithId } from "../model/tree";
import { ArtifactList } from "./ArtifactList";
import classes from "./io.module.css";
import { ioMessages } from "./messages";
import { ValueGrid } from "./ValueGrid";

interface Props {
  run: RunSummary | undefined;
  graph: GraphView;
  uid: string;
}

export default function RunIo({ run, graph, uid }: Props) {
  const t = useMessages(ioMessages);
  const [parameters, setParameters] = useSearchParams();
  const change = (name: string, value: string) =>
    setParameters(
      (now) => {
        const next = new URLSearchParams(now);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const selected = nodeWithId(graph, parameters.get("node") ?? undefined);
  const isNodeOnly = selected !== undefined && parameters.get("scope") !== "run";
  const node = isNodeOnly ? selected.id : undefined;
  return (
    <Stack gap="md" className={classes.tab}>
      {selected ? (
        <SegmentedControl
          size="xs"
          aria-label={t.scope}
          value={isNodeOnly ? "node" : "run"}
          data={[
            { value: "node", label: t.ofNode(selected.displayName) },
            { value: "run", label: t.whole },
          ]}
          onChange={(scope) => change("scope", scope === "run" ? "run" : "")}
          style={{ alignSelf: "flex-start" }}
        />
      ) : null}
      <ValueGrid uid={uid} run={run} node={node} />
      <ArtifactList key={node} uid={uid} run={run} node={node} onSelectNode={(id) => change("node", id)} />
    </Stack>
  );
}
