// /submit: a new run from a template, from a manifest, or as another run was.
// The address may hold the whole filled form, see `link`; ?run=UID fills it in as that run was submitted.

import { Alert, SegmentedControl, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Navigate, useSearchParams } from "react-router";
import { open, request } from "@/shared/api/client";
import { useMessages } from "@/shared/i18n/messages";
import { useNamespace } from "@/shared/session/session";
import { Page } from "@/shared/ui/Page";
import { ProblemState } from "@/shared/ui/ProblemState";
import { linkOfRun, type SubmittedRun } from "./again";
import { ManifestForm } from "./ManifestForm";
import { submitMessages } from "./messages";
import { TemplateForm } from "./TemplateForm";

export default function SubmitPage() {
  const t = useMessages(submitMessages);
  const [query, setQuery] = useSearchParams();
  const [namespace] = useNamespace();
  const uid = query.get("run");
  const mode = query.get("mode") === "manifest" ? "manifest" : "template";
  return (
    <Page title={t.title} width={960}>
      {uid ? (
        <Again uid={uid} />
      ) : (
        <>
          <SegmentedControl
            size="xs"
            data={(["template", "manifest"] as const).map((value) => ({ value, label: t.modes[value] }))}
            value={mode}
            onChange={(value) => setQuery({ namespace, mode: value })}
            style={{ alignSelf: "start" }}
          />
          {namespace === "" ? null : mode === "manifest" ? (
            <ManifestForm key={namespace} namespace={namespace} initial="" />
          ) : (
            <TemplateForm key={namespace} namespace={namespace} />
          )}
        </>
      )}
    </Page>
  );
}

function Again({ uid }: { uid: string }) {
  const t = useMessages(submitMessages);
  const found = useQuery({ queryKey: ["submitted", uid], queryFn: () => loadRun(uid), staleTime: Infinity });
  if (found.error) return <ProblemState problem={found.error} />;
  if (!found.data) return <Skeleton h={240} />;
  const { run, text, link } = found.data;
  if (link) return <Navigate to={link} replace />;
  return (
    <>
      <Alert>{t.againManifest(run.metadata.name)}</Alert>
      <ManifestForm namespace={run.metadata.namespace} initial={text} />
    </>
  );
}

async function loadRun(uid: string) {
  const run = await request<SubmittedRun>(`/api/runs/${encodeURIComponent(uid)}`);
  const link = linkOfRun(run);
  const text = link ? "" : await (await open(`/api/runs/${encodeURIComponent(uid)}/manifest`)).text();
  return { run, text, link };
}
