// What a card stands for, beside the pointer. For the eye only: the inspector and the live text say the same.

import { Text } from "@mantine/core";
import type { GraphNode } from "@/shared/api/types";
import { stateOfNode } from "@/shared/state/states";
import { StateBadge } from "@/shared/ui/StateBadge";
import classes from "./RunGraph.module.css";
import type { Card } from "./scene";

export interface Tip {
  card: number;
  x: number;
  y: number;
  /** of the canvas: the tip stands on the side where there is more room */
  width: number;
  height: number;
}

export function CardTip({ tip, card, node, note }: { tip: Tip; card: Card; node: GraphNode | undefined; note: string }) {
  const left = tip.x > tip.width / 2 ? { right: tip.width - tip.x + 12 } : { left: tip.x + 14 };
  const top = tip.y > tip.height / 2 ? { bottom: tip.height - tip.y + 12 } : { top: tip.y + 14 };
  return (
    <div className={classes["tip"]} style={{ ...left, ...top }} aria-hidden="true">
      <Text size="xs" fw={600}>{card.label}</Text>
      {node && card.kind === "node" ? <StateBadge state={stateOfNode(node)} /> : null}
      <p className="dim">{[card.type, card.templateName, note].filter(Boolean).join(" · ")}</p>
      {node?.message ? <p className={classes["message"]}>{node.message.slice(0, 1_000)}</p> : null}
    </div>
  ); // prettier-ignore
}
