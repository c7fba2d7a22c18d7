// Which stored object to run, at which revision, from which of its templates.

import { Select, SimpleGrid } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { request } from "@/shared/api/client";
import { objectPath, STORED_KINDS, useStoredObjects, type Revision, type WorkflowSpec } from "@/shared/api/library";
import { useMessages } from "@/shared/i18n/messages";
import type { Choice } from "./link";
import { submitMessages } from "./messages";

interface TemplateChooserProps {
  namespace: string;
  choice: Choice;
  spec: WorkflowSpec | undefined;
  onChange: (choice: Choice) => void;
}

export function TemplateChooser({ namespace, choice, spec, onChange }: TemplateChooserProps) {
  const t = useMessages(submitMessages);
  const groups = useGroups(namespace);
  const isEmpty = groups.every((group) => group.items.length === 0);
  const templates = [...new Set(spec?.templates?.map((template) => template.name) ?? [])];
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
      <Select
        label={t.template}
        placeholder={t.chooseTemplate}
        data={groups}
        value={choice.name ? `${choice.kind}/${choice.name}` : null}
        searchable
        allowDeselect={false}
        nothingFoundMessage={isEmpty ? t.noTemplates : "–"}
        onChange={(value) => value && onChange(chosen(value))}
      />
      <RevisionSelect namespace={namespace} choice={choice} onChange={onChange} />
      <Select
        label={t.entrypoint}
        data={templates}
        value={choice.entrypoint || spec?.entrypoint || null}
        placeholder={spec?.entrypoint ?? ""}
        disabled={templates.length === 0}
        allowDeselect={false}
        searchable={templates.length > 8}
        onChange={(name) => onChange({ ...choice, entrypoint: name && name !== spec?.entrypoint ? name : "" })}
      />
    </SimpleGrid>
  );
}

function useGroups(namespace: string) {
  const t = useMessages(submitMessages);
  const own = useStoredObjects("WorkflowTemplate", namespace).data;
  const shared = useStoredObjects("ClusterWorkflowTemplate", namespace).data;
  const schedules = useStoredObjects("CronWorkflow", namespace).data;
  return STORED_KINDS.map((kind, position) => ({
    group: t.kinds[kind],
    items: ([own, shared, schedules][position] ?? []).map(({ name }) => ({ value: `${kind}/${name}`, label: name })),
  })).filter((group) => group.items.length > 0);
}

function chosen(value: string): Choice {
  const [kind, name] = [value.slice(0, value.indexOf("/")), value.slice(value.indexOf("/") + 1)];
  return { kind: kind as Choice["kind"], name, revision: undefined, entrypoint: "" };
}

function RevisionSelect({ namespace, choice, onChange }: Pick<TemplateChooserProps, "namespace" | "choice" | "onChange">) {
  const t = useMessages(submitMessages);
  const revisions = useQuery({
    queryKey: ["stored", choice.kind, namespace, choice.name, "revisions", "first"],
    queryFn: ({ signal }) =>
      request<{ items: Revision[] }>(`${objectPath(choice.kind, namespace, choice.name)}/revisions`, { signal, query: { limit: 100 } }),
    enabled: choice.name !== "" && namespace !== "",
  }).data?.items;
  const numbers = revisions?.map((one) => one.revision) ?? [];
  const all = choice.revision && !numbers.includes(choice.revision) ? [...numbers, choice.revision] : numbers;
  return (
    <Select
      label={t.revision}
      data={[{ value: "", label: t.newest }, ...all.map((number) => ({ value: String(number), label: `#${number}` }))]}
      value={choice.revision ? String(choice.revision) : ""}
      disabled={choice.name === ""}
      allowDeselect={false}
      onChange={(value) => onChange({ ...choice, revision: value ? Number(value) : undefined, entrypoint: "" })}
    />
  );
}
