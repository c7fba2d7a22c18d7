// What a page says when there is nothing to show, and what to do about it.

import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" py={64} px="md" ta="center">
      <svg width="72" height="48" viewBox="0 0 72 48" aria-hidden="true">
        <path d="M4 14h64M4 34h64M22 14v20M50 14v20" stroke="var(--line)" strokeWidth="4" strokeLinecap="round" />
      </svg>
      <Title order={2}>{title}</Title>
      {children ? (
        <Text className="dim" maw={480}>
          {children}
        </Text>
      ) : null}
      {action}
    </Stack>
  );
}
