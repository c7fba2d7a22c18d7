// /templates: what is stored to be run, of this namespace or of all.

import { Anchor, Badge, Button, Group, SegmentedControl, Skeleton, Table, Text, TextInput } from "@mantine/core";
import { useRef } from "react";
import { Link, useSearchParams } from "react-router";
import { TEMPLATE_KINDS, useStoredObjects, type StoredObject } from "@/shared/api/library";
import { useMessages } from "@/shared/i18n/messages";
import { useShortcut } from "@/shared/keys/shortcuts";
import { useNamespace } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Page } from "@/shared/ui/Page";
import { ProblemState } from "@/shared/ui/ProblemState";
import { TimeAgo } from "@/shared/ui/Times";
import { matches } from "./matches";
import { templateMessages } from "./messages";

export default function TemplatesPage() {
  const t = useMessages(templateMessages);
  const [namespace] = useNamespace();
  const [query, setQuery] = useSearchParams();
  const search = useRef<HTMLInputElement>(null);
  const kind = query.get("kind") === "ClusterWorkflowTemplate" ? "ClusterWorkflowTemplate" : "WorkflowTemplate";
  const wanted = query.get("q") ?? "";
  const stored = useStoredObjects(kind, namespace);
  const shown = stored.data?.filter((template) => matches(template, wanted));
  const set = (name: string, value: string) =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  useShortcut("/", t.title, t.find, () => search.current?.focus());
  return (
    <Page
      title={t.title}
      actions={
        <Button component={Link} to={`/submit?namespace=${encodeURIComponent(namespace)}`}>
          {t.newRun}
        </Button>
      }
    >
      <Group gap="xs">
        <SegmentedControl size="xs" aria-label={t.scope} data={TEMPLATE_KINDS.map((value) => ({ value, label: t.kinds[value] }))} value={kind} onChange={(value) => set("kind", value)} />
        <TextInput ref={search} type="search" aria-label={t.find} placeholder={t.find} value={wanted} onChange={(event) => set("q", event.currentTarget.value)} w={260} />
      </Group>
      {stored.error ? (
        <ProblemState problem={stored.error} onRetry={() => void stored.refetch()} />
      ) : !shown ? (
        <Skeleton h={200} />
      ) : shown.length > 0 ? (
        <TemplateTable templates={shown} namespace={namespace} />
      ) : wanted ? (
        <EmptyState title={t.noMatch} action={<Button variant="default" onClick={() => set("q", "")}>{t.clear}</Button>} />
      ) : (
        <EmptyState title={t.none}>{t.noneHelp}</EmptyState>
      )}
    </Page>
  );
}

function TemplateTable({ templates, namespace }: { templates: StoredObject[]; namespace: string }) {
  const t = useMessages(templateMessages);
  return (
    <Table.ScrollContainer minWidth={0} type="native">
      <Table highlightOnHover bg="var(--surface)" withTableBorder>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.name}</Table.Th>
            <Table.Th visibleFrom="sm">{t.revision}</Table.Th>
            <Table.Th visibleFrom="xs">{t.updated}</Table.Th>
            <Table.Th visibleFrom="md">{t.labels}</Table.Th>
            <Table.Th aria-label={t.run} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {templates.map((template) => (
            <Table.Tr key={template.name}>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                <Anchor component={Link} size="sm" fw={500} to={`/templates/${template.kind}/${encodeURIComponent(template.name)}?namespace=${encodeURIComponent(namespace)}`}>
                  {template.name}
                </Anchor>
              </Table.Td>
              <Table.Td visibleFrom="sm">#{template.revision}</Table.Td>
              <Table.Td visibleFrom="xs" className="dim">
                <TimeAgo time={template.updatedAt} />
              </Table.Td>
              <Table.Td visibleFrom="md">
                <Group gap={4}>
                  {Object.entries(template.labels).map(([key, value]) => (
                    <Badge key={key} variant="default" size="sm" tt="none" fw={400}>
                      {key}={value}
                    </Badge>
                  ))}
                </Group>
              </Table.Td>
              <Table.Td ta="right">
                <Button component={Link} variant="default" size="compact-xs" aria-label={t.runOf(template.name)} to={runLink(template, namespace)}>
                  <Text span size="xs">{t.run}</Text>
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function runLink(template: StoredObject, namespace: string): string {
  return `/submit?${new URLSearchParams({ namespace, kind: template.kind, template: template.name })}`;
}
