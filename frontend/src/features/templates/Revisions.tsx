// The revisions of a stored object: who changed it when and why, two of them compared, an old one restored.

import { Alert, Badge, Button, Group, Modal, Select, Skeleton, Stack, Table, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { request, type ApiProblem } from "@/shared/api/client";
import { objectPath, type Revision, type StoredDetail } from "@/shared/api/library";
import { useMessages } from "@/shared/i18n/messages";
import { ProblemState } from "@/shared/ui/ProblemState";
import { TimeAgo } from "@/shared/ui/Times";
import { DiffView } from "./DiffView";
import { templateMessages } from "./messages";

interface RevisionsProps {
  stored: StoredDetail;
  namespace: string;
  mayEdit: boolean;
}

export function Revisions({ stored, namespace, mayEdit }: RevisionsProps) {
  const t = useMessages(templateMessages);
  const path = objectPath(stored.kind, namespace, stored.name);
  const [restoring, setRestoring] = useState<number>();
  const [query, setQuery] = useSearchParams();
  const pages = useInfiniteQuery({
    queryKey: ["stored", stored.kind, namespace, stored.name, "revisions", "all"],
    queryFn: ({ signal, pageParam }) =>
      request<{ items: Revision[]; next: number | null }>(`${path}/revisions`, { signal, query: { limit: 50, before: pageParam } }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  if (pages.error) return <ProblemState problem={pages.error} onRetry={() => void pages.refetch()} />;
  if (!pages.data) return <Skeleton h={200} />;
  const revisions = pages.data.pages.flatMap((page) => page.items);
  const newest = revisions[0]?.revision ?? stored.revision;
  const to = Number(query.get("to")) || newest;
  const from = Number(query.get("from")) || Math.max(1, to - 1);
  const compare = (a: number, b: number) =>
    setQuery((before) => {
      const next = new URLSearchParams(before);
      next.set("from", String(a));
      next.set("to", String(b));
      return next;
    }, { replace: true }); // prettier-ignore
  const numbers = [...new Set([...revisions.map((one) => one.revision), from, to])].map((number) => ({ value: String(number), label: `#${number}` }));
  return (
    <Stack gap="md">
      <Table bg="var(--surface)" withTableBorder>
        <Table.Tbody>
          {revisions.map((one) => (
            <Table.Tr key={one.revision}>
              <Table.Td>
                <Group gap={6}>
                  <Text span size="sm" fw={600}>{t.at(one.revision)}</Text>
                  {one.revision === newest ? <Badge size="sm" variant="light" tt="none">{t.present}</Badge> : null}
                </Group>
                <Text size="sm" className="dim" style={{ overflowWrap: "anywhere" }}>
                  <TimeAgo time={one.createdAt} /> · {t.by(one.author || "–")}
                  {one.restoredFrom ? ` · ${t.restoredFrom(one.restoredFrom)}` : ""}
                </Text>
                {one.message ? <Text size="sm" style={{ overflowWrap: "anywhere" }}>{one.message}</Text> : null}
              </Table.Td>
              <Table.Td ta="right">
                <Group gap={4} justify="end">
                  {one.revision > 1 ? (
                    <Button size="compact-xs" variant="subtle" onClick={() => compare(one.revision - 1, one.revision)} aria-label={`${t.compare}: #${one.revision - 1} → #${one.revision}`}>
                      {t.compare}
                    </Button>
                  ) : null}
                  {one.revision !== newest && mayEdit ? (
                    <Button size="compact-xs" variant="default" onClick={() => setRestoring(one.revision)} aria-label={t.restoreOf(one.revision)}>
                      {t.restore}
                    </Button>
                  ) : null}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {pages.hasNextPage ? (
        <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t.more}
        </Button>
      ) : null}
      {mayEdit || newest === 1 ? null : <Text size="sm" className="dim">{t.noRight}</Text>}
      {newest > 1 ? (
        <>
          <Group gap="xs" align="end">
            <Select label={t.from} data={numbers} value={String(from)} allowDeselect={false} onChange={(value) => compare(Number(value), to)} w={110} />
            <Select label={t.to} data={numbers} value={String(to)} allowDeselect={false} onChange={(value) => compare(from, Number(value))} w={110} />
          </Group>
          <DiffView path={path} from={from} to={to} />
        </>
      ) : null}
      <RestoreDialog path={path} number={restoring} newest={newest} onClose={() => setRestoring(undefined)} />
    </Stack>
  );
}

interface RestoreDialogProps {
  path: string;
  number: number | undefined;
  newest: number;
  onClose: () => void;
}

function RestoreDialog({ path, number, newest, onClose }: RestoreDialogProps) {
  const t = useMessages(templateMessages);
  const queries = useQueryClient();
  const restore = useMutation<StoredDetail, ApiProblem, number>({
    mutationFn: (wanted) =>
      request<StoredDetail>(`${path}/revisions/${wanted}/restore`, { method: "POST", headers: { "If-Match": `"${newest}"` } }),
    onSuccess: ({ revision }) => {
      notifications.show({ message: t.restored(revision) });
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["stored"] }),
  });
  const close = () => {
    restore.reset();
    onClose();
  };
  return (
    <Modal opened={number !== undefined} onClose={close} title={number === undefined ? "" : t.restoreOf(number)}>
      <Stack gap="sm">
        <Text size="sm">{number === undefined ? "" : t.restoreAsk(number)}</Text>
        {restore.error ? (
          <Alert color="red" role="alert">
            {restore.error.code === "revision-conflict" ? t.conflict : restore.error.message}
          </Alert>
        ) : null}
        <Group gap="xs" justify="end">
          <Button variant="default" onClick={close}>{t.cancel}</Button>
          <Button loading={restore.isPending} onClick={() => number !== undefined && restore.mutate(number)}>{t.restore}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
