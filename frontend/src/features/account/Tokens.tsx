// Tokens for programs: made, shown once, revoked.

import { Alert, Button, Code, CopyButton, Group, Modal, Select, Skeleton, Stack, Table, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { request, type ApiProblem } from "@/shared/api/client";
import { useLanguage, useMessages } from "@/shared/i18n/messages";
import { formatExact, millis } from "@/shared/time/format";
import { useNow } from "@/shared/time/useNow";
import { Panel } from "@/shared/ui/Panel";
import { TimeAgo } from "@/shared/ui/Times";
import { EXPIRIES, expiryOf, type Expiry } from "./expiry";
import { accountMessages } from "./messages";

interface Token {
  id: number;
  name: string;
  prefix: string;
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
}

export function Tokens() {
  const t = useMessages(accountMessages);
  const found = useQuery({ queryKey: ["tokens"], queryFn: ({ signal }) => request<{ tokens: Token[] }>("/api/tokens", { signal }) });
  const [revoking, setRevoking] = useState<Token>();
  return (
    <Panel title={t.tokens}>
      <Stack gap="sm">
        <Text size="sm" className="dim">{t.tokensHelp}</Text>
        <NewToken />
        {found.error ? <Text size="sm">{found.error.message}</Text> : null}
        {found.isLoading ? <Skeleton h={60} /> : null}
        {found.data?.tokens.length === 0 ? <Text size="sm" className="dim">{t.tokensNone}</Text> : null}
        {found.data && found.data.tokens.length > 0 ? <TokenTable tokens={found.data.tokens} onRevoke={setRevoking} /> : null}
      </Stack>
      <RevokeDialog token={revoking} onClose={() => setRevoking(undefined)} />
    </Panel>
  );
}

function TokenTable({ tokens, onRevoke }: { tokens: Token[]; onRevoke: (token: Token) => void }) {
  const t = useMessages(accountMessages);
  const language = useLanguage();
  const now = useNow();
  const expiry = (token: Token) => {
    const at = millis(token.expiresAt);
    return at === undefined ? t.never : at <= now ? t.expired : formatExact(at, language);
  };
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.name}</Table.Th>
          <Table.Th visibleFrom="sm">{t.prefix}</Table.Th>
          <Table.Th visibleFrom="md">{t.made}</Table.Th>
          <Table.Th visibleFrom="sm">{t.used}</Table.Th>
          <Table.Th>{t.expires}</Table.Th>
          <Table.Th aria-label={t.revoke} />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {tokens.map((token) => (
          <Table.Tr key={token.id}>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{token.name}</Table.Td>
            <Table.Td visibleFrom="sm" className="mono">{token.prefix}…</Table.Td>
            <Table.Td visibleFrom="md"><TimeAgo time={token.createdAt} /></Table.Td>
            <Table.Td visibleFrom="sm">{token.lastUsedAt ? <TimeAgo time={token.lastUsedAt} /> : t.never}</Table.Td>
            <Table.Td>{expiry(token)}</Table.Td>
            <Table.Td ta="right">
              <Button size="compact-xs" variant="default" onClick={() => onRevoke(token)} aria-label={t.revokeOf(token.name)}>{t.revoke}</Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function NewToken() {
  const t = useMessages(accountMessages);
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [expiry, setExpiry] = useState<Expiry>("90");
  const create = useMutation<Token & { token: string }, ApiProblem, object>({
    mutationFn: (body) => request("/api/tokens", { method: "POST", body }),
    onSuccess: () => {
      setName("");
      return queries.invalidateQueries({ queryKey: ["tokens"] });
    },
  });
  if (create.data) return <Shown token={create.data.token} onDone={create.reset} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim()) create.mutate({ name: name.trim(), ...expiryOf(expiry, Date.now()) });
      }}
    >
      <Group gap="xs" align="end">
        <TextInput label={t.name} placeholder={t.nameHelp} maxLength={100} required withAsterisk={false} value={name} onChange={(event) => setName(event.currentTarget.value)} w={220} />
        <Select label={t.expires} data={EXPIRIES.map((value) => ({ value, label: t.expiries[value] }))} value={expiry} allowDeselect={false} w={140} onChange={(value) => setExpiry(EXPIRIES.find((one) => one === value) ?? "90")} />
        <Button type="submit" loading={create.isPending}>{t.create}</Button>
      </Group>
      {create.error ? <Alert mt="xs" color="red" role="alert">{create.error.message}</Alert> : null}
    </form>
  );
}

function Shown({ token, onDone }: { token: string; onDone: () => void }) {
  const t = useMessages(accountMessages);
  return (
    <Alert color="water" title={t.created} role="status">
      <Group gap="xs">
        <Code style={{ overflowWrap: "anywhere" }}>{token}</Code>
        <CopyButton value={token}>
          {({ copied, copy }) => <Button variant="default" onClick={copy}>{copied ? t.copied : t.copy}</Button>}
        </CopyButton>
        <Button onClick={onDone}>{t.done}</Button>
      </Group>
    </Alert>
  );
}

function RevokeDialog({ token, onClose }: { token: Token | undefined; onClose: () => void }) {
  const t = useMessages(accountMessages);
  const queries = useQueryClient();
  const revoke = useMutation<void, ApiProblem, Token>({
    mutationFn: ({ id }) => request(`/api/tokens/${id}`, { method: "DELETE" }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ["tokens"] }),
  });
  return (
    <Modal opened={token !== undefined} onClose={onClose} title={token ? t.revokeOf(token.name) : ""}>
      <Stack gap="sm">
        <Text size="sm">{token ? t.revokeAsk(token.name) : ""}</Text>
        {revoke.error ? <Alert color="red" role="alert">{revoke.error.message}</Alert> : null}
        <Group gap="xs" justify="end">
          <Button variant="default" onClick={onClose}>{t.cancel}</Button>
          <Button color="red" loading={revoke.isPending} onClick={() => token && revoke.mutate(token)}>{t.revoke}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
