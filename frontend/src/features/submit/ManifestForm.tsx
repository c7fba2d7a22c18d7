// A run of a manifest: paste or open it, see its problems while typing, send.

import { Alert, Button, FileButton, Group, Select, Stack, Text, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { request, type ManifestProblem } from "@/shared/api/client";
import { useMessages } from "@/shared/i18n/messages";
import { useShortcut } from "@/shared/keys/shortcuts";
import { useRights } from "@/shared/session/session";
import { rangeOfLine } from "./lines";
import { submitMessages } from "./messages";
import { Outcome } from "./Outcome";
import { ProblemList } from "./ProblemList";
import { useDryRun, useSubmit } from "./useSubmit";

const PAUSE_MS = 400;

interface Example {
  name: string;
  title: string;
  text: string;
}

export function ManifestForm({ namespace, initial }: { namespace: string; initial: string }) {
  const t = useMessages(submitMessages);
  const [text, setText] = useState(initial);
  const area = useRef<HTMLTextAreaElement>(null);
  const submit = useSubmit(namespace);
  const check = useDryRun(namespace);
  const may = useRights(namespace).has("submit");
  const ready = may && text.trim() !== "" && !submit.isPending;
  const send = () => submit.mutate({ manifest: text });
  useShortcut("mod+Enter", t.title, t.keys, send, ready);
  const change = (next: string) => {
    setText(next);
    submit.reset();
    check.reset();
  };
  const goTo = (line: number) => showLine(area.current, line);
  return (
    <Stack gap="sm">
      <Group gap="xs" align="end">
        <ExampleSelect onChoose={change} />
        <FileButton accept=".yaml,.yml,.json" onChange={(file) => void file?.text().then(change)}>
          {(props) => (
            <Button variant="default" {...props}>
              {t.openFile}
            </Button>
          )}
        </FileButton>
      </Group>
      <Textarea ref={area} label={t.manifest} description={t.manifestHelp} rows={20} value={text} spellCheck={false} autoCapitalize="off" classNames={{ input: "mono" }} wrap="off" onChange={(event) => change(event.currentTarget.value)} />
      {submit.error || check.error || check.data ? (
        <Outcome problem={submit.error ?? check.error} checked={check.data} onLine={goTo} />
      ) : (
        <Problems namespace={namespace} text={text} onLine={goTo} />
      )}
      {may ? null : <Alert color="yellow">{t.noRight(namespace)}</Alert>}
      <Group gap="xs">
        <Button disabled={!ready} loading={submit.isPending} onClick={send}>
          {t.submit}
        </Button>
        <Button variant="default" disabled={!ready} loading={check.isPending} onClick={() => check.mutate({ manifest: text })}>
          {t.check}
        </Button>
      </Group>
    </Stack>
  );
}

function ExampleSelect({ onChoose }: { onChoose: (text: string) => void }) {
  const t = useMessages(submitMessages);
  const examples = useQuery({
    queryKey: ["examples"],
    queryFn: ({ signal }) => request<{ examples: Example[] }>("/api/examples", { signal }),
    staleTime: Infinity,
  }).data?.examples;
  return (
    <Select
      aria-label={t.example}
      placeholder={t.example}
      data={(examples ?? []).map((example) => ({ value: example.name, label: example.title }))}
      value={null}
      onChange={(name) => onChoose(examples?.find((example) => example.name === name)?.text ?? "")}
      w={220}
    />
  );
}

function Problems({ namespace, text, onLine }: { namespace: string; text: string; onLine: (line: number) => void }) {
  const t = useMessages(submitMessages);
  const [settled] = useDebouncedValue(text, PAUSE_MS);
  const found = useQuery({
    queryKey: ["lint", namespace, settled],
    queryFn: ({ signal }) =>
      request<{ problems: ManifestProblem[] }>(`/api/namespaces/${encodeURIComponent(namespace)}/lint`, { method: "POST", body: { manifest: settled }, signal }),
    enabled: settled.trim() !== "" && namespace !== "",
    placeholderData: (before) => before,
    gcTime: 0,
  });
  const problems = found.data?.problems;
  const isQuiet = settled.trim() === "" || !problems;
  return (
    <div role="status">
      {found.error ? (
        <Text size="sm">{found.error.message}</Text>
      ) : isQuiet || problems.length === 0 ? (
        <Text size="sm" className="dim">
          {isQuiet ? t.noProblemsYet : t.noProblems}
        </Text>
      ) : (
        <ProblemList problems={problems} onLine={onLine} />
      )}
    </div>
  );
}

function showLine(area: HTMLTextAreaElement | null, line: number): void {
  if (!area) return;
  const { start, end, share } = rangeOfLine(area.value, line);
  area.focus();
  area.setSelectionRange(start, end);
  area.scrollTop = Math.max(0, share * area.scrollHeight - area.clientHeight / 2);
}
