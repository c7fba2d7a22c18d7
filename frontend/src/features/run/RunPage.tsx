// One run, live: what it does, why it waits or failed, its nodes in eight views, and the selected node at the side.

import { Anchor, Center, Drawer, Loader, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useEffect, type ReactNode } from "react";
import { Link } from "react-router";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { useShortcut } from "@/shared/keys/shortcuts";
import { useRunGraph } from "@/shared/live/useRunGraph";
import { stateOfRun } from "@/shared/state/states";
import { stateWords } from "@/shared/state/words";
import { ProblemState } from "@/shared/ui/ProblemState";
import { Banner } from "./banners/Banner";
import { FailureBanner } from "./banners/FailureBanner";
import { WaitingBanner } from "./banners/WaitingBanner";
import { NodeInspector } from "./inspector/NodeInspector";
import { inspectorMessages } from "./inspector/messages";
import { useWorkflow } from "./model/useWorkflow";
import { pageMessages } from "./page/messages";
import classes from "./page/page.module.css";
import { RunHeader } from "./page/RunHeader";
import { RunPanels } from "./page/RunPanels";
import { RunProgress } from "./page/RunProgress";
import { RunTabs } from "./page/RunTabs";
import { usePausable } from "./page/usePausable";
import { useRunAddress } from "./page/useRunAddress";

export default function RunPage() {
  const t = useMessages(pageMessages);
  const address = useRunAddress();
  const { uid, tab, selected, goTo, select } = address;
  const live = useRunGraph(uid);
  const pausable = usePausable(live, uid);
  const { graph, gone } = pausable.shown;
  const whole = useWorkflow(uid, pausable.shown.run);
  // Without a socket the graph is polled, which tells nothing of the run itself.
  const run = pausable.shown.run ?? (whole.data as RunSummary | undefined);
  useTitle(run);
  if (!run) {
    if (whole.error || gone) return <ProblemState problem={whole.error ?? t.gone} onRetry={() => void whole.refetch()} />;
    return (
      <Center h={240}>
        <Loader aria-label={t.loading} />
      </Center>
    );
  }
  return (
    <div className={classes.page}>
      <RunHeader run={run} graph={graph} workflow={whole.data} pausable={pausable} />
      <RunProgress graph={graph} />
      {gone ? <GoneBanner /> : null}
      <FailureBanner run={run} graph={graph} onSelect={select} onLogs={(id) => goTo("logs", id)} />
      <WaitingBanner run={run} graph={graph} onSelect={select} />
      <RunTabs tab={tab} onTab={goTo}>
        <div className={classes.main}>
          <div className={classes.panel} id="run-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
            <RunPanels tab={tab} uid={uid} run={run} graph={graph} workflow={whole.data} selected={selected} onSelect={select} />
          </div>
          {selected === undefined ? null : (
            <Side onClose={() => select(undefined)}>
              <NodeInspector run={run} graph={graph} selected={selected} workflow={whole.data} onSelect={select} onTab={goTo} />
            </Side>
          )}
        </div>
      </RunTabs>
    </div>
  );
}

// Beside the panel where there is room, from below on a phone.
function Side({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const t = useMessages(inspectorMessages);
  const { shortcuts } = useMessages(pageMessages);
  const isNarrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  useShortcut("Escape", shortcuts, t.close, onClose, !isNarrow);
  if (!isNarrow) return <div className={classes.side}>{children}</div>;
  return (
    <Drawer opened onClose={onClose} position="bottom" size="80%" withCloseButton={false} aria-label={t.title} padding={0} styles={{ body: { height: "100%" } }}>
      {children}
    </Drawer>
  );
}

function GoneBanner() {
  const t = useMessages(pageMessages);
  return (
    <Banner state="error" label={t.gone}>
      <Text size="sm" fw={600} role="alert">
        {t.gone}
      </Text>
      {t.goneHelp}{" "}
      <Anchor component={Link} to="/runs" size="sm">
        {t.allRuns}
      </Anchor>
    </Banner>
  );
}

function useTitle(run: RunSummary | undefined): void {
  const words = useMessages(stateWords);
  const title = run ? `${words[stateOfRun(run)]} · ${run.metadata.name} · Sluice` : "Sluice";
  useEffect(() => {
    document.title = title;
  }, [title]);
}
