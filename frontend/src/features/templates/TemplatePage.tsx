// /templates/KIND/NAME: one stored object, its manifest and its revisions.

import { Button, Group, Skeleton, Tabs, Text } from "@mantine/core";
import { Link, useParams, useSearchParams } from "react-router";
import { isStoredKind, useStoredObject, type StoredDetail, type StoredKind } from "@/shared/api/library";
import { ApiProblem } from "@/shared/api/client";
import { useMessages } from "@/shared/i18n/messages";
import { useNamespace, useRights } from "@/shared/session/session";
import { Page } from "@/shared/ui/Page";
import { ProblemState } from "@/shared/ui/ProblemState";
import { TimeAgo } from "@/shared/ui/Times";
import { templateMessages } from "./messages";
import { Overview } from "./Overview";
import { Revisions } from "./Revisions";
import { SourceView } from "./SourceView";

const TABS = ["overview", "source", "revisions"] as const;

export default function TemplatePage() {
  const { kind, name = "" } = useParams();
  const [namespace] = useNamespace();
  if (!isStoredKind(kind)) return <ProblemState problem={new ApiProblem(404, "not-found", "")} />;
  return <Stored key={`${namespace}/${kind}/${name}`} kind={kind} name={name} namespace={namespace} />;
}

function Stored({ kind, name, namespace }: { kind: StoredKind; name: string; namespace: string }) {
  const t = useMessages(templateMessages);
  const [query, setQuery] = useSearchParams();
  const found = useStoredObject(kind, namespace, name);
  const rights = useRights(namespace);
  const tab = TABS.find((one) => one === query.get("tab")) ?? "overview";
  if (found.error) return <ProblemState problem={found.error} onRetry={() => void found.refetch()} />;
  const stored = found.data as StoredDetail | undefined;
  const title = stored?.manifest.metadata?.annotations?.["workflows.argoproj.io/title"];
  return (
    <Page
      title={<span style={{ overflowWrap: "anywhere" }}>{name}</span>}
      actions={
        <Button component={Link} to={`/submit?${new URLSearchParams({ namespace, kind, template: name })}`}>
          {t.run}
        </Button>
      }
    >
      {stored ? (
        <>
          <Group gap="xs">
            <Text size="sm" className="dim">
              {t.kindWords[kind]} · {t.at(stored.revision)} · <TimeAgo time={stored.updatedAt} />
            </Text>
            {title ? <Text size="sm">{title}</Text> : null}
          </Group>
          <Tabs value={tab} keepMounted={false} onChange={(value) => value && setQuery({ namespace, tab: value }, { replace: true })}>
            <Tabs.List mb="md">
              {TABS.map((one) => (
                <Tabs.Tab key={one} value={one}>{t.tabs[one]}</Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="overview"><Overview stored={stored} namespace={namespace} /></Tabs.Panel>
            <Tabs.Panel value="source"><SourceView text={stored.source} label={t.tabs.source} /></Tabs.Panel>
            <Tabs.Panel value="revisions">
              <Revisions stored={stored} namespace={namespace} mayEdit={rights.has("edit")} />
            </Tabs.Panel>
          </Tabs>
        </>
      ) : (
        <Skeleton h={240} />
      )}
    </Page>
  );
}
