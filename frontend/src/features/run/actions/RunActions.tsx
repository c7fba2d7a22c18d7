// The actions of a run: the one its state calls for as a button, the others in a menu, and their dialogs.

import { ActionIcon, Group, Menu, Text } from "@mantine/core";
import { useState } from "react";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { useShortcut } from "@/shared/keys/shortcuts";
import { Icon, type IconName } from "@/shared/ui/Icon";
import type { Workflow } from "../model/useWorkflow";
import { pageMessages } from "../page/messages";
import classes from "./actions.module.css";
import { ActionButton } from "./ActionButton";
import { menuActions, primaryAction, type PageAction } from "./actionRules";
import { ConfirmDialog } from "./ConfirmDialog";
import { actionMessages } from "./messages";
import { ResubmitDialog } from "./ResubmitDialog";
import { RetryDialog } from "./RetryDialog";
import { useRunAction } from "./useRunAction";
import { useRefusal } from "./verdict";

const ICONS: Record<PageAction, IconName> = {
  stop: "stop",
  terminate: "close",
  suspend: "pause",
  resume: "runs",
  retry: "retry",
  resubmit: "copy",
  delete: "trash",
};

const KEYS = { retry: "shift+r", stop: "shift+s", resubmit: "shift+d" } as const;

interface Props {
  run: RunSummary;
  workflow: Workflow | undefined;
  /** nodes that wait for an answer: resuming the run lets them go on without one */
  unanswered: number;
}

export function RunActions({ run, workflow, unanswered }: Props) {
  const t = useMessages(actionMessages);
  const refusal = useRefusal(run);
  const { asked, ask, close } = useAsking(run, unanswered);
  const primary = primaryAction(run);
  return (
    <Group gap={6} wrap="nowrap">
      <ActionButton
        refused={refusal(primary)}
        onClick={() => ask(primary)}
        leftSection={<Icon name={ICONS[primary]} size={14} />}
        variant={primary === "stop" || primary === "terminate" ? "default" : "filled"}
      >
        {t.names[primary]}
      </ActionButton>
      <Menu position="bottom-end" width={300}>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t.more}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {menuActions(run).map((action) => (
            <ActionItem key={action} action={action} refused={refusal(action)} onClick={() => ask(action)} />
          ))}
        </Menu.Dropdown>
      </Menu>
      <ActionKeys ask={ask} refusal={refusal} />
      {asked === "retry" ? <RetryDialog run={run} workflow={workflow} onClose={close} /> : null}
      {asked === "resubmit" ? <ResubmitDialog run={run} workflow={workflow} onClose={close} /> : null}
      {asked === "stop" || asked === "terminate" || asked === "delete" || asked === "resume" ? (
        <ConfirmDialog run={run} action={asked} unanswered={unanswered} onClose={close} />
      ) : null}
    </Group>
  );
}

// Suspending and resuming can be taken back, so they happen at once; the others ask first. With gates open resuming
// is final, too: it lets all of them go on.
function useAsking(run: RunSummary, unanswered: number) {
  const t = useMessages(actionMessages);
  const [asked, setAsked] = useState<PageAction>();
  const send = useRunAction(run.metadata.uid);
  const ask = (action: PageAction) => {
    if ((action !== "suspend" && action !== "resume") || (action === "resume" && unanswered > 0)) {
      setAsked(action);
      return;
    }
    const opposite = action === "suspend" ? "resume" : "suspend";
    const undo = { path: `/${opposite}`, said: t.asked[opposite] };
    send.mutate({ path: `/${action}`, said: t.asked[action], ...(unanswered > 0 ? {} : { undo }) });
  };
  return { asked, ask, close: () => setAsked(undefined) };
}

function ActionItem({ action, refused, onClick }: { action: PageAction; refused: string | undefined; onClick: () => void }) {
  const t = useMessages(actionMessages);
  const isRefused = refused !== undefined;
  return (
    <Menu.Item
      leftSection={<Icon name={ICONS[action]} size={14} />}
      aria-disabled={isRefused}
      closeMenuOnClick={!isRefused}
      onClick={isRefused ? undefined : onClick}
      className={isRefused ? classes.refused : undefined}
      {...(action === "delete" && !isRefused ? { c: "var(--state-failed)" } : {})}
    >
      <Text span size="sm" className={isRefused ? "dim" : undefined}>
        {t.names[action]}
      </Text>
      {isRefused ? (
        <Text size="xs" className={`dim ${classes.why}`}>
          {refused}
        </Text>
      ) : null}
    </Menu.Item>
  );
}

function ActionKeys({ ask, refusal }: { ask: (action: PageAction) => void; refusal: (action: PageAction) => string | undefined }) {
  const t = useMessages(actionMessages);
  const { shortcuts } = useMessages(pageMessages);
  const may = (action: PageAction) => refusal(action) === undefined;
  useShortcut(KEYS.retry, shortcuts, t.names.retry, () => ask("retry"), may("retry"));
  useShortcut(KEYS.stop, shortcuts, t.names.stop, () => ask("stop"), may("stop"));
  useShortcut(KEYS.resubmit, shortcuts, t.names.resubmit, () => ask("resubmit"), may("resubmit"));
  return null;
}
