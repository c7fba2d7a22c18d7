// From the first page straight to the form of a template.

import { Button, Select } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { TEMPLATE_KINDS, useStoredObjects } from "@/shared/api/library";
import { useMessages } from "@/shared/i18n/messages";
import { homeMessages } from "./messages";

export function QuickSubmit({ namespace }: { namespace: string }) {
  const t = useMessages(homeMessages);
  const navigate = useNavigate();
  const own = useStoredObjects("WorkflowTemplate", namespace).data ?? [];
  const shared = useStoredObjects("ClusterWorkflowTemplate", namespace).data ?? [];
  const groups = [own, shared].map((items, position) => ({
    group: t.scopes[TEMPLATE_KINDS[position]!],
    items: items.map(({ kind, name }) => ({ value: `${kind}/${name}`, label: name })),
  }));
  return (
    <>
      <Select
        aria-label={t.quick}
        placeholder={t.quick}
        data={groups.filter((group) => group.items.length > 0)}
        value={null}
        searchable
        w={220}
        nothingFoundMessage={t.quickNone}
        onChange={(value) => {
          if (!value) return;
          const [kind = "", name = ""] = [value.slice(0, value.indexOf("/")), value.slice(value.indexOf("/") + 1)];
          void navigate(`/submit?${new URLSearchParams({ namespace, kind, template: name })}`);
        }}
      />
      <Button component={Link} to={`/submit?${new URLSearchParams({ namespace, mode: "manifest" })}`} variant="default">
        {t.fromManifest}
      </Button>
    </>
  );
}
