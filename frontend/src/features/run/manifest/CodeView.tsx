// A text with coloured lines: only those in view are drawn. Find, copy, save.

import { ActionIcon, Button, CopyButton, Group, Text, TextInput, Tooltip } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useMessages } from "@/shared/i18n/messages";
import { Icon } from "@/shared/ui/Icon";
import { piecesOf } from "./highlight";
import { manifestMessages } from "./messages";
import classes from "./CodeView.module.css";

const LINE_HEIGHT = 20;

export function CodeView({ text, fileName }: { text: string; fileName: string }) {
  const t = useMessages(manifestMessages);
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => text.replace(/\n$/, "").split(/\r?\n/), [text]);
  const [find, setFind] = useState({ text: "", at: 0 });
  const matches = useMemo(() => linesWith(lines, find.text), [lines, find.text]);
  const current = matches.length ? matches[find.at % matches.length] : undefined;
  const isMatch = useMemo(() => new Set(matches), [matches]);
  // the compiler leaves this component alone: what the virtualizer returns changes without telling it
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
  });
  const goTo = (wanted: string, at: number) => {
    setFind({ text: wanted, at });
    const found = linesWith(lines, wanted);
    if (found.length) rows.scrollToIndex(found[at % found.length]!, { align: "center" });
  };
  const step = (by: number) => goTo(find.text, (find.at + by + matches.length) % Math.max(1, matches.length));
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  return (
    <>
      <Group gap="xs" mb="xs">
        <TextInput
          aria-label={t.find}
          placeholder={t.find}
          leftSection={<Icon name="search" size={14} />}
          value={find.text}
          onChange={(event) => goTo(event.currentTarget.value, 0)}
          onKeyDown={press}
          w={{ base: "100%", xs: 240 }}
        />
        {find.text ? (
          <>
            <Text size="xs" className="dim" role="status">
              {t.found(matches.length ? (find.at % matches.length) + 1 : 0, matches.length)}
            </Text>
            <Step label={t.previous} sign="↑" onClick={() => step(-1)} isOff={matches.length < 2} />
            <Step label={t.next} sign="↓" onClick={() => step(1)} isOff={matches.length < 2} />
          </>
        ) : null}
        <Group gap={4} ml="auto">
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button variant="default" leftSection={<Icon name="copy" size={14} />} onClick={copy}>
                {copied ? t.copied : t.copy}
              </Button>
            )}
          </CopyButton>
          <Button variant="default" leftSection={<Icon name="download" size={14} />} onClick={() => save(text, fileName)}>
            {t.download}
          </Button>
        </Group>
      </Group>
      <div ref={scroller} className={classes.scroller} tabIndex={0} role="region" aria-label={t.lines}>
        <pre className={classes.lines} style={{ height: rows.getTotalSize(), ["--digits" as string]: String(lines.length).length }}>
          {rows.getVirtualItems().map((item) => (
            <code
              key={item.key}
              className={classes.line}
              data-match={isMatch.has(item.index) || undefined}
              data-current={item.index === current || undefined}
              style={{ transform: `translateY(${item.start}px)`, height: LINE_HEIGHT }}
            >
              <span className={classes.number} data-number={item.index + 1} aria-hidden="true" />
              {piecesOf(lines[item.index]!).map((piece, place) => (
                <span key={place} className={classes[piece.kind]}>
                  {piece.text}
                </span>
              ))}
            </code>
          ))}
        </pre>
      </div>
    </>
  );
}

function Step({ label, sign, onClick, isOff }: { label: string; sign: string; onClick: () => void; isOff: boolean }) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" aria-label={label} onClick={onClick} disabled={isOff}>
        {sign}
      </ActionIcon>
    </Tooltip>
  );
}

function linesWith(lines: readonly string[], wanted: string): number[] {
  if (!wanted) return [];
  const small = wanted.toLowerCase();
  return lines.flatMap((line, index) => (line.toLowerCase().includes(small) ? [index] : []));
}

function save(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "application/yaml" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}
