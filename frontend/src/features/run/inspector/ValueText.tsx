// One value of any length with its name: cut until asked for, to be copied whole.

import { ActionIcon, Anchor, CopyButton } from "@mantine/core";
import { useState } from "react";
import { useMessages } from "@/shared/i18n/messages";
import { Icon } from "@/shared/ui/Icon";
import classes from "./inspector.module.css";
import { inspectorMessages } from "./messages";

const SHORT = 1_000;

export function ValueText({ name, value }: { name: string; value: string | null | undefined }) {
  const t = useMessages(inspectorMessages);
  const [isOpen, setOpen] = useState(false);
  const text = value ?? undefined;
  const isLong = (text?.length ?? 0) > SHORT;
  return (
    <div>
      <div className={classes.label}>
        <span>{name}</span>
        {text ? <Copy text={text} name={name} /> : null}
      </div>
      {text === undefined ? (
        <div className={`dim ${classes.value}`}>{t.noValue}</div>
      ) : (
        <pre className={`mono ${classes.value}`} tabIndex={0} aria-label={name}>
          {isLong && !isOpen ? `${text.slice(0, SHORT)}…` : text}
        </pre>
      )}
      {isLong ? (
        <Anchor component="button" type="button" size="xs" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? t.showLess : t.showAll}
        </Anchor>
      ) : null}
    </div>
  );
}

function Copy({ text, name }: { text: string; name: string }) {
  const t = useMessages(inspectorMessages);
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <>
          <ActionIcon size="xs" aria-label={`${t.copy}: ${name}`} onClick={copy}>
            <Icon name="copy" size={12} />
          </ActionIcon>
          <span role="status">{copied ? t.copied : null}</span>
        </>
      )}
    </CopyButton>
  );
}
