// Parameters and results of a run or node as a list; the one chosen is shown whole below it.

import { Button, CopyButton, Group, Text, TextInput, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Icon } from "@/shared/ui/Icon";
import { ProblemState } from "@/shared/ui/ProblemState";
import { VirtualGrid, type Column } from "../grid/VirtualGrid";
import { useWorkflow } from "../model/useWorkflow";
import classes from "./io.module.css";
import { ioMessages } from "./messages";
import { matchingValues, valuesOf, type ValueRow } from "./values";

const LONGEST_CELL = 200;

export function ValueGrid({ uid, run, node }: { uid: string; run: RunSummary | undefined; node: string | undefined }) {
  const t = useMessages(ioMessages);
  const { data: workflow, error, refetch } = useWorkflow(uid, run);
  const [parameters, setParameters] = useSearchParams();
  const [chosen, setChosen] = useState<string>();
  const text = parameters.get("q") ?? "";
  const all = useMemo(() => (workflow ? valuesOf(workflow, node) : []), [workflow, node]);
  const rows = useMemo(() => matchingValues(all, text), [all, text]);
  const keys = useMemo(() => rows.map((row) => row.key), [rows]);
  const columns = useColumns(node !== undefined);
  if (error) return <ProblemState problem={error} onRetry={() => void refetch()} />;
  const shown = rows.find((row) => row.key === chosen);
  return (
    <section aria-label={t.values} className={classes.values}>
      <Group gap="sm" mb="xs">
        <Title order={2}>{t.values}</Title>
        <TextInput
          aria-label={t.filter}
          placeholder={t.filterPlaceholder}
          leftSection={<Icon name="search" size={14} />}
          value={text}
          onChange={(event) => setParameters(withText(event.currentTarget.value), { replace: true })}
          w={{ base: "100%", xs: 220 }}
        />
      </Group>
      {!workflow ? (
        <Text className="dim">{t.loading}</Text>
      ) : rows.length === 0 ? (
        <EmptyState title={all.length ? t.noMatch : t.noValues}>{all.length ? undefined : t.noValuesHelp}</EmptyState>
      ) : (
        <div style={{ ["--grid-height" as string]: `${Math.min(rows.length, 12) * 30 + 36}px` }}>
          <VirtualGrid
            role="grid"
            label={t.values}
            columns={columns}
            keys={keys}
            selected={shown?.key}
            onSelect={(key) => setChosen(String(key))}
            cell={(index, column) => <Cell row={rows[index]} column={column} />}
          />
        </div>
      )}
      {shown ? <WholeValue row={shown} /> : null}
    </section>
  );
}

function withText(text: string) {
  return (now: URLSearchParams) => {
    const next = new URLSearchParams(now);
    if (text) next.set("q", text);
    else next.delete("q");
    return next;
  };
}

function useColumns(isOneNode: boolean): Column[] {
  const t = useMessages(ioMessages);
  const isNarrow = useMediaQuery("(max-width: 48em)") ?? false;
  const columns = [
    { key: "side", title: t.side, width: isNarrow ? "64px" : "90px" },
    { key: "name", title: t.name, width: "minmax(90px, 1fr)" },
    { key: "value", title: t.value, width: isNarrow ? "minmax(100px, 1fr)" : "minmax(140px, 3fr)" },
  ];
  return isOneNode ? columns : [...columns.slice(0, 1), { key: "node", title: t.node, width: "minmax(90px, 1fr)" }, ...columns.slice(1)];
}

function Cell({ row, column }: { row: ValueRow | undefined; column: string }) {
  const t = useMessages(ioMessages);
  if (!row) return null;
  switch (column) {
    case "side":
      return <span className="dim">{t.sides[row.side]}</span>;
    case "node":
      return row.node ? row.node.displayName : <em>{t.run}</em>;
    case "name":
      return row.name;
    default:
      return row.value ? <span className="mono">{row.value.slice(0, LONGEST_CELL)}</span> : <span className="dim">{t.empty}</span>;
  }
}

function WholeValue({ row }: { row: ValueRow }) {
  const t = useMessages(ioMessages);
  return (
    <div className={classes.panel}>
      <Group gap="xs" justify="space-between">
        <Text size="sm" fw={600}>
          {row.name} <span className="dim">{row.node?.displayName ?? t.run}</span>
        </Text>
        <CopyButton value={row.value}>
          {({ copied, copy }) => (
            <Button variant="default" leftSection={<Icon name="copy" size={14} />} onClick={copy}>
              {copied ? t.copied : t.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
      <pre className={classes.text} tabIndex={0} aria-label={row.name}>
        {row.value || t.empty}
      </pre>
    </div>
  );
}
