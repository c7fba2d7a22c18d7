// The buttons of the graph tab: matches, direction, folding, artifacts, files; zooming stands on the graph itself.

import { ActionIcon, Button, Group, Menu, Tooltip } from "@mantine/core";
import { useMessages } from "@/shared/i18n/messages";
import { Icon, type IconName } from "@/shared/ui/Icon";
import { graphMessages } from "./messages";
import type { Direction } from "./placement";
import classes from "./RunGraph.module.css";

export interface GraphToolsProps {
  hasMatches: boolean;
  onMatch: (sign: 1 | -1) => void;
  direction: Direction;
  onDirection: (direction: Direction) => void;
  withArtifacts: boolean;
  onArtifacts: (on: boolean) => void;
  onFoldAll: (folded: boolean) => void;
  onSave: (kind: "png" | "svg") => void;
}

export function GraphTools(props: GraphToolsProps) {
  const t = useMessages(graphMessages);
  const other: Direction = props.direction === "horizontal" ? "vertical" : "horizontal";
  return (
    <>
      {props.hasMatches ? (
        <>
          <Button variant="default" onClick={() => props.onMatch(-1)} aria-label={t.previousMatch}>‹</Button>
          <Button variant="default" onClick={() => props.onMatch(1)}>{t.nextMatch}</Button>
        </>
      ) : null}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" rightSection={<Icon name="more" size={14} />}>{t.view}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => props.onDirection(other)}>{t[other]}</Menu.Item>
          <Menu.Item role="menuitemcheckbox" aria-checked={props.withArtifacts} onClick={() => props.onArtifacts(!props.withArtifacts)} rightSection={props.withArtifacts ? "✓" : null}>
            {t.artifacts}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={() => props.onFoldAll(true)}>{t.foldAll}</Menu.Item>
          <Menu.Item onClick={() => props.onFoldAll(false)}>{t.unfoldAll}</Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="download" size={14} />} onClick={() => props.onSave("png")}>{t.savePng}</Menu.Item>
          <Menu.Item leftSection={<Icon name="download" size={14} />} onClick={() => props.onSave("svg")}>{t.saveSvg}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
} // prettier-ignore

interface ZoomProps {
  onZoom: (factor: number) => void;
  onFit: () => void;
}

export const ZOOM_STEP = 1.3;

export function ZoomTools({ onZoom, onFit }: ZoomProps) {
  const t = useMessages(graphMessages);
  return (
    <Group gap={0} className={classes.zoom}>
      <Tool label={t.zoomIn} icon="plus" onClick={() => onZoom(ZOOM_STEP)} />
      <Tool label={t.zoomOut} icon="minus" onClick={() => onZoom(1 / ZOOM_STEP)} />
      <Tool label={t.fit} icon="fit" onClick={onFit} />
    </Group>
  ); // prettier-ignore
}

function Tool({ label, icon, onClick }: { label: string; icon: IconName; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>
        <Icon name={icon} size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
