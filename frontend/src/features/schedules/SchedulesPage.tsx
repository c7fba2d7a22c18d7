// /schedules?name=: all schedules of the namespace, and one of them with its ledger.

import { Anchor, Skeleton, Table } from "@mantine/core";
import { Link, useSearchParams } from "react-router";
import { useStoredObjects } from "@/shared/api/library";
import { useMessages } from "@/shared/i18n/messages";
import { useNamespace } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Page } from "@/shared/ui/Page";
import { ProblemState } from "@/shared/ui/ProblemState";
import { CronSign } from "./CronSign";
import { scheduleMessages } from "./messages";
import { ScheduleDetail } from "./ScheduleDetail";
import { linesOf, stateOf, useCronSpec, useCronStatus } from "./schedules";
import { TimeUntil } from "./TimeUntil";

export default function SchedulesPage() {
  const t = useMessages(scheduleMessages);
  const [namespace] = useNamespace();
  const [query, setQuery] = useSearchParams();
  const stored = useStoredObjects("CronWorkflow", namespace);
  const selected = query.get("name");
  if (stored.error) return <ProblemState problem={stored.error} onRetry={() => void stored.refetch()} />;
  return (
    <Page title={t.title}>
      {!stored.data ? <Skeleton h={160} /> : null}
      {stored.data?.length === 0 ? <EmptyState title={t.none}>{t.noneHelp}</EmptyState> : null}
      {stored.data && stored.data.length > 0 ? (
        <Table highlightOnHover bg="var(--surface)" withTableBorder>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.name}</Table.Th>
              <Table.Th visibleFrom="sm">{t.when}</Table.Th>
              <Table.Th>{t.state}</Table.Th>
              <Table.Th visibleFrom="xs">{t.next}</Table.Th>
              <Table.Th visibleFrom="md">{t.counts}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {stored.data.map(({ name }) => (
              <ScheduleRow key={name} namespace={namespace} name={name} isSelected={name === selected} />
            ))}
          </Table.Tbody>
        </Table>
      ) : null}
      {selected && namespace ? (
        <ScheduleDetail key={`${namespace}/${selected}`} namespace={namespace} name={selected} onClose={() => setQuery({ namespace })} />
      ) : null}
    </Page>
  );
}

function ScheduleRow({ namespace, name, isSelected }: { namespace: string; name: string; isSelected: boolean }) {
  const t = useMessages(scheduleMessages);
  const status = useCronStatus(namespace, name).data;
  const spec = useCronSpec(namespace, name);
  return (
    <Table.Tr {...(isSelected ? { bg: "var(--mantine-primary-color-light)" } : {})}>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        <Anchor component={Link} size="sm" fw={500} aria-current={isSelected} to={`/schedules?${new URLSearchParams({ namespace, name })}`}>
          {name}
        </Anchor>
      </Table.Td>
      <Table.Td visibleFrom="sm" className="mono">{linesOf(spec).join(" · ")}</Table.Td>
      <Table.Td>{status ? <CronSign state={stateOf(status)} /> : "…"}</Table.Td>
      <Table.Td visibleFrom="xs">{status?.nextSlots[0] ? <TimeUntil time={status.nextSlots[0]} /> : status ? t.unscheduled : "…"}</Table.Td>
      <Table.Td visibleFrom="md" className="dim">
        {status ? `${status.succeeded} ${t.ok} · ${status.failed} ${t.bad}` : "…"}
        {status && status.active.length > 0 ? ` · ${t.running(status.active.length)}` : ""}
      </Table.Td>
    </Table.Tr>
  );
}
