// The manifest of a run: the text as it was sent, or the run as the engine holds it. To read, find, copy, save.

import { Group, SegmentedControl, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { open } from "@/shared/api/client";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { ProblemState } from "@/shared/ui/ProblemState";
import { Panel } from "../grid/Panel";
import { useWorkflow, type Workflow } from "../model/useWorkflow";
import { CodeView } from "./CodeView";
import { manifestMessages } from "./messages";
import { toYaml } from "./yaml";

interface Props {
  run: RunSummary | undefined;
  uid: string;
}

export default function RunManifest({ run, uid }: Props) {
  const t = useMessages(manifestMessages);
  const [parameters, setParameters] = useSearchParams();
  const isResolved = parameters.get("manifest") === "resolved";
  const choose = (which: string) =>
    setParameters(
      (now) => {
        const next = new URLSearchParams(now);
        if (which === "resolved") next.set("manifest", which);
        else next.delete("manifest");
        return next;
      },
      { replace: true },
    );
  return (
    <Panel>
      <Group gap="sm" mb="xs">
        <SegmentedControl
          size="xs"
          aria-label={t.which}
          value={isResolved ? "resolved" : "submitted"}
          data={[
            { value: "submitted", label: t.submitted },
            { value: "resolved", label: t.resolved },
          ]}
          onChange={choose}
        />
        <Text size="xs" className="dim">
          {isResolved ? t.resolvedHelp : t.submittedHelp}
        </Text>
      </Group>
      {isResolved ? <Resolved uid={uid} run={run} /> : <Submitted uid={uid} run={run} />}
    </Panel>
  );
}

function Submitted({ uid, run }: { uid: string; run: RunSummary | undefined }) {
  const t = useMessages(manifestMessages);
  const { data, error, refetch } = useQuery({
    queryKey: ["run", uid, "manifest"],
    queryFn: async ({ signal }) => (await open(`/api/runs/${uid}/manifest`, { signal, headers: { Accept: "*/*" } })).text(),
    staleTime: Infinity,
  });
  if (error) return <ProblemState problem={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Text className="dim">{t.loading}</Text>;
  return <CodeView text={data} fileName={`${run?.metadata.name ?? uid}.yaml`} />;
}

function Resolved({ uid, run }: { uid: string; run: RunSummary | undefined }) {
  const t = useMessages(manifestMessages);
  const { data, error, refetch } = useWorkflow(uid, run);
  const text = useMemo(() => data && toYaml(resolvedOf(data)), [data]);
  if (error) return <ProblemState problem={error} onRetry={() => void refetch()} />;
  if (text === undefined) return <Text className="dim">{t.loading}</Text>;
  return <CodeView text={text} fileName={`${run?.metadata.name ?? uid}-resolved.yaml`} />;
}

// Without what changes while it runs: the other tabs show that.
function resolvedOf({ metadata, spec, status }: Workflow): object {
  const { name, namespace, labels, annotations } = metadata;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Workflow",
    metadata: { name, namespace, labels, ...(annotations ? { annotations } : {}) },
    spec,
    ...(status.storedTemplates ? { status: { storedTemplates: status.storedTemplates } } : {}),
  };
}
