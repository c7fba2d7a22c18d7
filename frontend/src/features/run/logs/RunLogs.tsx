// The end of the selected node's output.

import { Text } from "@mantine/core";
import { defineMessages, useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { EmptyState } from "@/shared/ui/EmptyState";
import { ProblemState } from "@/shared/ui/ProblemState";
import { useLogTail } from "../banners/useLogTail";
import { nodeWithId } from "../model/tree";
import { pageMessages } from "../page/messages";

const messages = defineMessages({
  en: { choose: "Choose a node to read its output", last: (count: number) => `At most the last ${count} lines.` },
  "zh-Hans": { choose: "请选择一个节点以查看其输出", last: (count: number) => `最多显示最后 ${count} 行。` },
  ja: { choose: "出力を見るノードを選択してください", last: (count: number) => `最大で最後の ${count} 行を表示します。` },
});

const LINES = 500;

interface Props {
  uid: string;
  graph: GraphView;
  selected: string | undefined;
}

export default function RunLogs({ uid, graph, selected }: Props) {
  const t = useMessages(messages);
  const page = useMessages(pageMessages);
  const node = nodeWithId(graph, selected);
  const { data, error } = useLogTail(uid, node?.id ?? "", LINES, node !== undefined);
  if (!node) return <EmptyState title={t.choose} />;
  if (error) return <ProblemState problem={error} />;
  if (data === null) return <EmptyState title={page.longOutput} />;
  return (
    <div style={{ padding: 12 }}>
      <Text size="xs" className="dim">
        {t.last(LINES)}
      </Text>
      <pre className="mono" tabIndex={0} aria-label={node.displayName} style={{ whiteSpace: "pre-wrap", margin: 0 }}>
        {data?.length === 0 ? page.noOutput : data?.join("\n")}
      </pre>
    </div>
  );
}
