// A run of a stored object: choose it, fill in what it asks for, look at problems, send.

import { Alert, Anchor, Button, Collapse, Group, Skeleton, Stack, UnstyledButton } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { specOf, useStoredObject } from "@/shared/api/library";
import { useMessages } from "@/shared/i18n/messages";
import { useShortcut } from "@/shared/keys/shortcuts";
import { useRights } from "@/shared/session/session";
import { Icon } from "@/shared/ui/Icon";
import { Panel } from "@/shared/ui/Panel";
import { ProblemState } from "@/shared/ui/ProblemState";
import { ExtraFields } from "./ExtraFields";
import { changedValues, faultOf, fieldsOf, isBlocking, withValue, type Entered } from "./fields";
import { bodyOf, choiceOf, enteredOf, extrasOf, isPair, isPriority, linkTo, NO_EXTRAS, type Choice } from "./link";
import { submitMessages } from "./messages";
import { Outcome } from "./Outcome";
import { ParameterFields } from "./ParameterFields";
import { TemplateChooser } from "./TemplateChooser";
import { useDryRun, useSubmit } from "./useSubmit";

export function TemplateForm({ namespace }: { namespace: string }) {
  const t = useMessages(submitMessages);
  const [query, setQuery] = useSearchParams();
  const choice = choiceOf(query);
  const [entered, setEntered] = useState<Entered>(() => enteredOf(query));
  const [extras, setExtras] = useState(() => extrasOf(query));
  const [showExtras, setShowExtras] = useState(() => JSON.stringify(extras) !== JSON.stringify(NO_EXTRAS));
  const [strict, setStrict] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const stored = useStoredObject(choice.kind, namespace, choice.name, choice.revision);
  const spec = stored.data ? specOf(stored.data.manifest) : undefined;
  const fields = spec ? fieldsOf(spec, choice.entrypoint) : [];
  const submit = useSubmit(namespace);
  const check = useDryRun(namespace);
  const may = useRights(namespace).has("run-template");
  const values = changedValues(fields, entered);
  const link = linkTo(namespace, choice, values, extras);
  const isSound =
    !fields.some((field) => isBlocking(faultOf(field, entered[field.name]))) &&
    isPriority(extras.priority) && extras.labels.every(isPair) && extras.annotations.every(isPair); // prettier-ignore

  function choose(next: Choice) {
    if (next.name !== choice.name || next.kind !== choice.kind) setEntered({});
    setStrict(false);
    check.reset();
    submit.reset();
    setQuery(new URL(linkTo(namespace, next, {}, NO_EXTRAS), location.origin).searchParams, { replace: true });
  }
  function send(how: typeof submit | typeof check) {
    setStrict(true);
    submit.reset();
    check.reset();
    if (isSound) how.mutate(bodyOf(choice, values, extras));
    else requestAnimationFrame(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
  }
  const ready = may && spec !== undefined && !submit.isPending;
  useShortcut("mod+Enter", t.title, t.keys, () => send(submit), ready);

  return (
    <form
      ref={form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) send(submit);
      }}
    >
      <Stack gap="md">
        <TemplateChooser namespace={namespace} choice={choice} spec={spec} onChange={choose} />
        {stored.error ? <ProblemState problem={stored.error} onRetry={() => void stored.refetch()} /> : null}
        {stored.isLoading ? <Skeleton h={160} /> : null}
        {spec ? (
          <>
            <Panel title={t.parameters}>
              <ParameterFields
                fields={fields}
                entered={entered}
                strict={strict}
                onEnter={(name, value) => setEntered((before) => withValue(before, name, value))}
              />
            </Panel>
            <UnstyledButton aria-expanded={showExtras} onClick={() => setShowExtras(!showExtras)} fz="sm" fw={600}>
              <Group gap={6} component="span" display="inline-flex">
                <span style={{ display: "inline-flex", rotate: showExtras ? "90deg" : "0deg" }}>
                  <Icon name="chevron" size={14} />
                </span>
                {t.advanced}
              </Group>
            </UnstyledButton>
            <Collapse expanded={showExtras}>
              <ExtraFields extras={extras} onChange={setExtras} />
            </Collapse>
          </>
        ) : null}
        {may ? null : <Alert color="yellow">{t.noRight(namespace)}</Alert>}
        <Outcome problem={submit.error ?? check.error} checked={check.data} />
        <Group gap="xs">
          <Button type="submit" disabled={!ready} loading={submit.isPending}>
            {t.submit}
          </Button>
          <Button variant="default" disabled={!ready} loading={check.isPending} onClick={() => send(check)}>
            {t.check}
          </Button>
          <Button variant="subtle" disabled={!spec} leftSection={<Icon name="copy" size={14} />} onClick={() => void copy(link, t)}>
            {t.copyLink}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

// Browsers let pages write to the clipboard over https or on this machine only; elsewhere the person copies.
async function copy(link: string, t: (typeof submitMessages)["en"]): Promise<void> {
  const address = location.origin + link;
  try {
    await navigator.clipboard.writeText(address);
    notifications.show({ message: t.linkCopied });
  } catch {
    notifications.show({ title: t.linkHere, message: <Anchor href={address}>{address}</Anchor>, autoClose: false });
  }
}
