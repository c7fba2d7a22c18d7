// Above the timeline: zoom, what to emphasise, and what the forms of the bars mean.

import { ActionIcon, Button, Group, Switch, Text, Tooltip } from "@mantine/core";
import { useMessages } from "@/shared/i18n/messages";
import { useShortcut } from "@/shared/keys/shortcuts";
import { formatDuration } from "@/shared/time/format";
import { timelineMessages } from "./messages";
import { moved, zoomed, type Range } from "./range";
import classes from "./RunTimeline.module.css";

interface Props {
  extent: Range;
  /** undefined: the whole run */
  range: Range | undefined;
  onRange: (range: Range | undefined) => void;
  showsPath: boolean;
  onPath: (on: boolean) => void;
  compresses: boolean;
  onCompress: (on: boolean) => void;
}

const CLOSER = 0.5;
const STEP = 0.25;

export function TimelineBar({ extent, range, onRange, showsPath, onPath, compresses, onCompress }: Props) {
  const t = useMessages(timelineMessages);
  const now = range ?? extent;
  const steps = [
    { label: t.zoomIn, sign: "+", keys: "+", run: () => onRange(zoomed(now, extent, CLOSER)) },
    { label: t.zoomOut, sign: "−", keys: "-", run: () => onRange(zoomed(now, extent, 1 / CLOSER)) },
    { label: t.left, sign: "‹", keys: ",", run: () => onRange(moved(now, extent, -STEP)) },
    { label: t.right, sign: "›", keys: ".", run: () => onRange(moved(now, extent, STEP)) },
  ];
  return (
    <Group gap="sm" mb="xs">
      <Group gap={2}>
        {steps.map((step) => (
          <Step key={step.keys} {...step} />
        ))}
        <Whole isOn={range !== undefined} onClick={() => onRange(undefined)} />
      </Group>
      <Switch size="xs" label={t.critical} checked={showsPath} onChange={(event) => onPath(event.currentTarget.checked)} />
      <Switch size="xs" label={t.compress} checked={compresses} onChange={(event) => onCompress(event.currentTarget.checked)} />
      {range ? (
        <Text size="xs" className="dim" role="status">
          {t.range(formatDuration(range[0] - extent[0]), formatDuration(range[1] - extent[0]))}
        </Text>
      ) : null}
      <div className={classes.legend} style={{ marginInlineStart: "auto" }}>
        {LEGEND.map(([key, look]) => (
          <span key={key}>
            <span className={`${classes.sample} ${look}`} aria-hidden="true" /> {t[key]}
          </span>
        ))}
      </div>
    </Group>
  );
}

const LEGEND = [
  ["before", classes.sampleBefore],
  ["hold", classes.sampleHold],
  ["run", classes.sampleRun],
  ["idle", classes.sampleIdle],
] as const;

function Step({ label, sign, keys, run }: { label: string; sign: string; keys: string; run: () => void }) {
  const t = useMessages(timelineMessages);
  useShortcut(keys, t.keys, label, run);
  return (
    <Tooltip label={`${label} (${keys})`}>
      <ActionIcon variant="default" aria-label={label} onClick={run}>
        {sign}
      </ActionIcon>
    </Tooltip>
  );
}

function Whole({ isOn, onClick }: { isOn: boolean; onClick: () => void }) {
  const t = useMessages(timelineMessages);
  useShortcut("0", t.keys, t.whole, onClick);
  return (
    <Button variant="default" disabled={!isOn} onClick={onClick} ml={4}>
      {t.whole}
    </Button>
  );
}
