// One schedule: its actions, its next slots, and the ledger of the past ones.

import { ActionIcon, Alert, Anchor, Button, Group, Select, SimpleGrid, Skeleton, Stack, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { Link } from "react-router";
import { useLanguage, useMessages } from "@/shared/i18n/messages";
import { useRights } from "@/shared/session/session";
import { formatExact, millis } from "@/shared/time/format";
import { Icon } from "@/shared/ui/Icon";
import { Panel } from "@/shared/ui/Panel";
import { ProblemState } from "@/shared/ui/ProblemState";
import { StateIcon } from "@/shared/ui/StateIcon";
import { TimeAgo } from "@/shared/ui/Times";
import type { State } from "@/shared/state/states";
import { scheduleMessages } from "./messages";
import { linesOf, OUTCOMES, useCronAction, useCronSpec, useCronStatus, useSlots, type CronAction, type Outcome, type Slot } from "./schedules";
import { TimeUntil } from "./TimeUntil";

interface ScheduleDetailProps {
  namespace: string;
  name: string;
  onClose: () => void;
}

export function ScheduleDetail({ namespace, name, onClose }: ScheduleDetailProps) {
  const t = useMessages(scheduleMessages);
  const status = useCronStatus(namespace, name);
  if (status.error) return <ProblemState problem={status.error} onRetry={() => void status.refetch()} />;
  const isIdle = status.data && (status.data.suspended || status.data.phase === "Stopped");
  return (
    <Stack gap="sm">
      <Panel
        title={name}
        aside={
          <Group gap="xs">
            <Actions namespace={namespace} name={name} isIdle={isIdle ?? false} />
            <ActionIcon aria-label={t.close} onClick={onClose}>
              <Icon name="close" size={16} />
            </ActionIcon>
          </Group>
        }
      >
        <About namespace={namespace} name={name} slots={status.data?.nextSlots} />
      </Panel>
      <Ledger namespace={namespace} name={name} />
    </Stack>
  );
}

function Actions({ namespace, name, isIdle }: { namespace: string; name: string; isIdle: boolean }) {
  const t = useMessages(scheduleMessages);
  const rights = useRights(namespace);
  const act = useCronAction(namespace, name);
  const perform = (action: CronAction) =>
    act.mutate(action, {
      onSuccess: (answer) => action === "trigger" && notifications.show({ message: t.started(answer.name ?? name) }),
      onError: (fault) => notifications.show({ color: "red", message: fault.message }),
    });
  const toggle = isIdle ? "resume" : "suspend";
  return (
    <>
      <Button disabled={!rights.has("run-template")} loading={act.isPending && act.variables === "trigger"} onClick={() => perform("trigger")}>
        {t.trigger}
      </Button>
      <Button variant="default" disabled={!rights.has("operate")} loading={act.isPending && act.variables === toggle} onClick={() => perform(toggle)}>
        {t[toggle]}
      </Button>
    </>
  );
}

function About({ namespace, name, slots }: { namespace: string; name: string; slots: string[] | undefined }) {
  const t = useMessages(scheduleMessages);
  const language = useLanguage();
  const spec = useCronSpec(namespace, name);
  const rights = useRights(namespace);
  const policy = (spec.concurrencyPolicy || "Allow") as keyof typeof t.policies;
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <Fact label={t.when}><span className="mono">{linesOf(spec).join(" · ")}</span></Fact>
        <Fact label={t.zone}>{spec.timezone || "UTC"}</Fact>
        <Fact label={t.policy}>{t.policies[policy] ?? policy}</Fact>
      </SimpleGrid>
      <Fact label={t.upcoming}>
        {slots?.length === 0 ? t.upcomingNone : null}
        {slots?.slice(0, 3).map((slot) => (
          <Text key={slot} size="sm">
            {formatExact(millis(slot) ?? 0, language)} <Text span size="sm" className="dim"><TimeUntil time={slot} /></Text>
          </Text>
        ))}
      </Fact>
      <Anchor component={Link} size="sm" to={`/templates/CronWorkflow/${encodeURIComponent(name)}?${new URLSearchParams({ namespace, tab: "revisions" })}`}>
        {t.manifest}
      </Anchor>
      {rights.has("operate") ? null : <Alert color="yellow">{t.noRight}</Alert>}
    </Stack>
  );
}

function Fact({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div>
      <Text size="xs" className="dim">{label}</Text>
      <Text component="div" size="sm">{children}</Text>
    </div>
  );
}

const SIGNS: Record<Outcome, State> = { Ran: "succeeded", Skipped: "skipped", Missed: "omitted", Failed: "failed", Waiting: "waiting" };

function Ledger({ namespace, name }: { namespace: string; name: string }) {
  const t = useMessages(scheduleMessages);
  const [outcome, setOutcome] = useState<Outcome>();
  const slots = useSlots(namespace, name, outcome);
  const rows = slots.data?.pages.flatMap((page) => page.items);
  const filter = (
    <Select
      aria-label={t.outcome}
      data={[{ value: "", label: t.all }, ...OUTCOMES.map((value) => ({ value, label: t.outcomes[value] }))]}
      value={outcome ?? ""}
      allowDeselect={false}
      w={130}
      onChange={(value) => setOutcome(OUTCOMES.find((one) => one === value))}
    />
  );
  return (
    <Panel title={t.ledger} aside={filter}>
      {slots.error ? <Text size="sm">{slots.error.message}</Text> : null}
      {slots.isLoading ? <Skeleton h={100} /> : null}
      {rows?.length === 0 ? <Text size="sm" className="dim">{t.ledgerNone}</Text> : null}
      <Table>
        <Table.Tbody>{rows?.map((row) => <SlotRow key={row.id} slot={row} />)}</Table.Tbody>
      </Table>
      {slots.hasNextPage ? (
        <Button mt="xs" variant="default" loading={slots.isFetchingNextPage} onClick={() => void slots.fetchNextPage()}>
          {t.older}
        </Button>
      ) : null}
    </Panel>
  );
}

function SlotRow({ slot }: { slot: Slot }) {
  const t = useMessages(scheduleMessages);
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <StateIcon state={SIGNS[slot.outcome]} />
          <Text span size="sm">{t.outcomes[slot.outcome]}</Text>
        </Group>
      </Table.Td>
      <Table.Td><TimeAgo time={slot.slot ?? slot.decidedAt} /></Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        {slot.runUid ? (
          <Anchor component={Link} size="sm" to={`/runs/${slot.runUid}`}>{slot.runName}</Anchor>
        ) : (
          <Text size="sm" className="dim">{[slot.reason, slot.message].filter(Boolean).join(": ")}</Text>
        )}
        {slot.slot === null ? <Text size="xs" className="dim">{t.outOfTurn(slot.actor)}</Text> : null}
      </Table.Td>
      <Table.Td visibleFrom="sm" className="dim">{slot.runPhase}</Table.Td>
    </Table.Tr>
  );
}
