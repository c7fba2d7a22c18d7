// A fault in place of what should have been shown: what happened, what helps, and a way to try again.

import { Button, Stack, Text, Title } from "@mantine/core";
import { ApiProblem } from "@/shared/api/client";
import { defineMessages, useMessages } from "@/shared/i18n/messages";

const messages = defineMessages({
  en: {
    unreachable: "The server does not answer",
    unreachableHelp: "What you see may be old. The page tries again by itself.",
    notFound: "There is nothing here",
    notFoundHelp: "It was deleted, or you may not see it. Whoever administers the namespace can give you rights.",
    forbidden: "You may not see this",
    failed: "Something went wrong",
    retry: "Try again",
  },
  "zh-Hans": {
    unreachable: "服务器没有响应",
    unreachableHelp: "当前内容可能已过时。页面会自动重试。",
    notFound: "这里没有内容",
    notFoundHelp: "它可能已被删除，或者您无权查看。命名空间管理员可以授予您权限。",
    forbidden: "您无权查看此内容",
    failed: "出了点问题",
    retry: "重试",
  },
  ja: {
    unreachable: "サーバーが応答しません",
    unreachableHelp: "表示内容が古い可能性があります。自動的に再試行します。",
    notFound: "ここには何もありません",
    notFoundHelp: "削除されたか、閲覧権限がありません。名前空間の管理者が権限を付与できます。",
    forbidden: "閲覧権限がありません",
    failed: "問題が発生しました",
    retry: "再試行",
  },
});

export function ProblemState({ problem, onRetry }: { problem: unknown; onRetry?: () => void }) {
  const t = useMessages(messages);
  const status = problem instanceof ApiProblem ? problem.status : -1;
  const title = status === 0 ? t.unreachable : status === 404 ? t.notFound : status === 403 ? t.forbidden : t.failed;
  const help = status === 0 ? t.unreachableHelp : status === 404 ? t.notFoundHelp : String(problem instanceof Error ? problem.message : problem);
  return (
    <Stack align="center" gap="xs" py={64} px="md" ta="center" role="alert">
      <Title order={2}>{title}</Title>
      <Text className="dim" maw={560}>
        {help}
      </Text>
      {onRetry ? (
        <Button variant="default" onClick={onRetry}>
          {t.retry}
        </Button>
      ) : null}
    </Stack>
  );
}
