// The frame of a page of lists and forms: one title, its actions beside it, the content below at a readable width.

import { Group, Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface PageProps {
  title: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** widest extent of the content, in pixels */
  width?: number;
}

export function Page({ title, actions, children, width = 1200 }: PageProps) {
  return (
    <Stack p="md" gap="md" maw={width}>
      <Group justify="space-between" gap="sm">
        <Title order={1}>{title}</Title>
        {actions ? <Group gap="xs">{actions}</Group> : null}
      </Group>
      {children}
    </Stack>
  );
}
