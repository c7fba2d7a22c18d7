// The tab that is open, loaded when first opened.

import { Center, Loader } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import type { Workflow } from "../model/useWorkflow";
import { pageMessages } from "./messages";
import type { Tab } from "./tabs";

const RunGraph = lazy(() => import("../graph/RunGraph"));
const RunTree = lazy(() => import("../tree/RunTree"));
const RunTimeline = lazy(() => import("../timeline/RunTimeline"));
const NodeTable = lazy(() => import("../table/NodeTable"));
const RunLogs = lazy(() => import("../logs/RunLogs"));
const RunIo = lazy(() => import("../io/RunIo"));
const RunEvents = lazy(() => import("../events/RunEvents"));
const RunManifest = lazy(() => import("../manifest/RunManifest"));

interface Props {
  tab: Tab;
  uid: string;
  run: RunSummary;
  graph: GraphView;
  workflow: Workflow | undefined;
  selected: string | undefined;
  onSelect: (id: string | undefined) => void;
}

export function RunPanels(props: Props) {
  const t = useMessages(pageMessages);
  return (
    <Suspense fallback={<Center h={160}><Loader size="sm" aria-label={t.loading} /></Center>}>
      <Panel {...props} />
    </Suspense>
  ); // prettier-ignore
}

function Panel({ tab, uid, run, graph, workflow, selected, onSelect }: Props) {
  const view = { graph, selected, onSelect };
  const whole = { ...view, uid, run };
  switch (tab) {
    case "graph":
      return <RunGraph {...view} workflow={workflow} />;
    case "tree":
      return <RunTree {...view} />;
    case "timeline":
      return <RunTimeline {...view} />;
    case "table":
      return <NodeTable {...view} />;
    case "logs":
      return <RunLogs uid={uid} graph={graph} selected={selected} />;
    case "io":
      return <RunIo {...whole} />;
    case "events":
      return <RunEvents {...whole} />;
    case "manifest":
      return <RunManifest {...whole} />;
  }
}
