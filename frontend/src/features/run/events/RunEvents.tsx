// What the engine did in a run, when and why, as its nodes tell it.

import { Group, MultiSelect, Switch, Text, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { RunSummary, Waiting } from "@/shared/api/types";
import { useLanguage, useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { stateWords } from "@/shared/state/words";
import { formatDuration, formatExact } from "@/shared/time/format";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Icon } from "@/shared/ui/Icon";
import { StateIcon } from "@/shared/ui/StateIcon";
import { Panel } from "../grid/Panel";
import { VirtualGrid, type Column } from "../grid/VirtualGrid";
import { EVENT_KINDS, eventsOf, matchingEvents, type EventKind, type RunEvent } from "./events";
import { eventMessages } from "./messages";

interface Props {
  run: RunSummary | undefined;
  graph: GraphView;
  uid: string;
}

export default function RunEvents({ run, graph }: Props) {
  const t = useMessages(eventMessages);
  const [parameters, setParameters] = useSearchParams();
  const kinds = useMemo(() => parameters.getAll("event").filter(isKind), [parameters]);
  const newestFirst = parameters.get("order") === "newest";
  const text = parameters.get("q") ?? "";
  const all = useMemo(() => eventsOf(run, graph), [run, graph]);
  const events = useMemo(() => {
    const found = matchingEvents(all, text, kinds);
    return newestFirst ? found.reverse() : found;
  }, [all, text, kinds, newestFirst]);
  const keys = useMemo(() => events.map((event) => event.key), [events]);
  const columns = useColumns();
  const change = (name: string, ...values: string[]) =>
    setParameters(
      (now) => {
        const next = new URLSearchParams(now);
        next.delete(name);
        for (const value of values) if (value) next.append(name, value);
        return next;
      },
      { replace: true },
    );
  const node = parameters.get("node");
  const selected = events.find((event) => event.node?.id === node && node !== null)?.key;

  if (all.length === 0) return <EmptyState title={t.none}>{t.source}</EmptyState>;
  return (
    <Panel>
      <Group gap="xs" mb="xs">
        <TextInput
          aria-label={t.filter}
          placeholder={t.filterPlaceholder}
          leftSection={<Icon name="search" size={14} />}
          value={text}
          onChange={(event) => change("q", event.currentTarget.value)}
          w={{ base: "100%", xs: 220 }}
        />
        <MultiSelect
          aria-label={t.what}
          placeholder={kinds.length ? "" : t.anyKind}
          value={kinds}
          data={EVENT_KINDS.map((kind) => ({ value: kind, label: t.kinds[kind] }))}
          onChange={(chosen) => change("event", ...chosen)}
          clearable
          miw={150}
        />
        <Switch size="xs" label={t.newestFirst} checked={newestFirst} onChange={(event) => change("order", event.currentTarget.checked ? "newest" : "")} />
        <Text size="xs" className="dim" role="status">
          {t.count(events.length)}
        </Text>
      </Group>
      <Text size="xs" className="dim" mb="xs">
        {t.source}
      </Text>
      {events.length === 0 ? (
        <EmptyState title={t.noMatch}>{t.noMatchHelp}</EmptyState>
      ) : (
        <VirtualGrid
          role="grid"
          label={t.label}
          columns={columns}
          keys={keys}
          selected={selected}
          onSelect={(key) => change("node", events.find((event) => event.key === key)?.node?.id ?? "")}
          cell={(index, column) => <Cell event={events[index]} column={column} origin={all[0]!.at} />}
        />
      )}
    </Panel>
  );
}

function isKind(kind: string): kind is EventKind {
  return (EVENT_KINDS as readonly string[]).includes(kind);
}

function useColumns(): Column[] {
  const t = useMessages(eventMessages);
  const isNarrow = useMediaQuery("(max-width: 48em)") ?? false;
  if (isNarrow) {
    return [
      { key: "after", title: t.after, width: "84px" },
      { key: "what", title: t.what, width: "120px" },
      { key: "where", title: t.where, width: "minmax(120px, 1fr)" },
    ];
  }
  return [
    { key: "time", title: t.time, width: "256px" },
    { key: "after", title: t.after, width: "90px" },
    { key: "what", title: t.what, width: "170px" },
    { key: "where", title: t.where, width: "minmax(140px, 1fr)" },
    { key: "why", title: t.why, width: "minmax(160px, 2fr)" },
  ];
}

function Cell({ event, column, origin }: { event: RunEvent | undefined; column: string; origin: number }) {
  const t = useMessages(eventMessages);
  const words = useMessages(stateWords);
  const language = useLanguage();
  if (!event) return null;
  switch (column) {
    case "time":
      return <time dateTime={new Date(event.at).toISOString()}>{formatExact(event.at, language)}</time>;
    case "after":
      return <span className="dim">+{formatDuration(event.at - origin)}</span>;
    case "what":
      return (
        <Group gap={6} wrap="nowrap" component="span">
          <StateIcon state={event.state} />
          <span className="truncate">{event.kind === "ended" ? t.became(words[event.state]) : t.kinds[event.kind]}</span>
        </Group>
      );
    case "where":
      return event.node ? event.node.displayName : <em>{t.run}</em>;
    default:
      return (
        <span className="dim">
          {event.kind === "waiting" && event.waiting ? <WaitsFor waiting={event.waiting} /> : null} {event.message}
        </span>
      );
  }
}

function WaitsFor({ waiting }: { waiting: Waiting }) {
  const t = useMessages(eventMessages);
  const language = useLanguage();
  const reason = waiting.lock ? t.lockOf(waiting.lock) : (t.reasons[waiting.reason as keyof typeof t.reasons] ?? waiting.reason);
  return (
    <>
      {reason}
      {waiting.until ? ` ${t.until(formatExact(waiting.until, language))}` : ""}
    </>
  );
}
