// The files that nodes took in or gave out: what they are, how large, a look into them, a way to save them.

import { ActionIcon, Button, Group, Table, Text, Title, Tooltip, UnstyledButton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Icon } from "@/shared/ui/Icon";
import { ProblemState } from "@/shared/ui/ProblemState";
import { ArtifactPreview } from "./ArtifactPreview";
import { contentAddress, listArtifacts, sizeText, TOP, type ListedArtifact } from "./artifacts";
import { ioMessages } from "./messages";

interface Props {
  uid: string;
  run: RunSummary | undefined;
  node: string | undefined;
  onSelectNode: (id: string) => void;
}

export function ArtifactList({ uid, run, node, onSelectNode }: Props) {
  const t = useMessages(ioMessages);
  const [opened, setOpened] = useState<string>();
  const found = useInfiniteQuery({
    // asked anew when nodes ended: only then have they given something out
    queryKey: ["run", uid, "artifacts", node, run?.sluice.attempt, run?.sluice.phaseCounts.Succeeded, run?.status.phase],
    queryFn: ({ pageParam, signal }) => listArtifacts(uid, node, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
    staleTime: 30_000,
  });
  const items = found.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-label={t.artifacts}>
      <Title order={2} mb="xs">
        {t.artifacts}
      </Title>
      {found.error ? <ProblemState problem={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.isLoading ? <Text className="dim">{t.loading}</Text> : null}
      {found.data && items.length === 0 ? <EmptyState title={t.noArtifacts}>{t.noArtifactsHelp}</EmptyState> : null}
      {items.length > 0 ? (
        <Table.ScrollContainer minWidth={340}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.name}</Table.Th>
                <Table.Th>{t.node}</Table.Th>
                <Table.Th visibleFrom="sm">{t.side}</Table.Th>
                <Table.Th visibleFrom="sm">{t.type}</Table.Th>
                <Table.Th>{t.size}</Table.Th>
                <Table.Th>{t.actions}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((item) => (
                <ArtifactRow
                  key={keyOf(item)}
                  item={item}
                  isOpen={opened === keyOf(item)}
                  onToggle={() => setOpened(opened === keyOf(item) ? undefined : keyOf(item))}
                  onSelectNode={onSelectNode}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
      {found.hasNextPage ? (
        <Button variant="default" mt="xs" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t.more}
        </Button>
      ) : null}
    </section>
  );
}

const keyOf = (item: ListedArtifact) => `${item.node} ${item.side} ${item.name}`;

interface RowProps {
  item: ListedArtifact;
  isOpen: boolean;
  onToggle: () => void;
  onSelectNode: (id: string) => void;
}

function ArtifactRow({ item, isOpen, onToggle, onSelectNode }: RowProps) {
  const t = useMessages(ioMessages);
  const lack = item.deleted ? t.deleted : item.problem || (item.kind ? "" : t.missing);
  return (
    <>
      <Table.Tr>
        <Table.Td>{item.name}</Table.Td>
        <Table.Td maw={260}>
          <Tooltip label={t.selectNode}>
            <UnstyledButton className="truncate" fz="sm" maw="100%" td="underline" onClick={() => onSelectNode(item.node)}>
              {item.nodeName}
            </UnstyledButton>
          </Tooltip>
        </Table.Td>
        <Table.Td visibleFrom="sm">{t.sides[item.side]}</Table.Td>
        <Table.Td visibleFrom="sm" className="dim">
          {item.isDirectory ? t.folder : item.contentType}
        </Table.Td>
        <Table.Td>{lack ? <Text span size="sm" className="dim">{lack}</Text> : sizeText(item.size)}</Table.Td>
        <Table.Td>
          {lack ? null : (
            <Group gap={4} wrap="nowrap">
              <Button variant="default" aria-expanded={isOpen} aria-label={t.lookAt(item.name)} onClick={onToggle}>
                {isOpen ? t.close : t.look}
              </Button>
              <Tooltip label={t.download(item.name)}>
                <ActionIcon component="a" href={contentAddress(item, TOP, "save")} download aria-label={t.download(item.name)}>
                  <Icon name="download" size={16} />
                </ActionIcon>
              </Tooltip>
            </Group>
          )}
        </Table.Td>
      </Table.Tr>
      {isOpen ? (
        <Table.Tr>
          <Table.Td colSpan={6}>
            <ArtifactPreview artifact={item} />
          </Table.Td>
        </Table.Tr>
      ) : null}
    </>
  );
}
