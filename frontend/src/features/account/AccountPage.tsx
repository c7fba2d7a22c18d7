// /account: how the pages look and answer here, what I may do where, and my tokens for programs.

import { Badge, Group, SegmentedControl, Select, SimpleGrid, Stack, Switch, Text, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { use, useState } from "react";
import { LanguageChoiceContext } from "@/shared/i18n/languageChoice";
import { LANGUAGES, useLanguage, useMessages, type Language } from "@/shared/i18n/messages";
import { useShortcutRegistry } from "@/shared/keys/shortcuts";
import { useMe } from "@/shared/session/session";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { accountMessages } from "./messages";
import { Tokens } from "./Tokens";

export default function AccountPage() {
  const t = useMessages(accountMessages);
  const me = useMe();
  return (
    <Page title={t.title(me?.username ?? "")}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Appearance />
        <Rights />
      </SimpleGrid>
      <Tokens />
    </Page>
  );
}

function Appearance() {
  const t = useMessages(accountMessages);
  const choose = use(LanguageChoiceContext);
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Panel title={t.appearance}>
      <Stack gap="sm" align="start">
        <Select label={t.language} data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))} value={language} allowDeselect={false} onChange={(value) => value && choose(value as Language)} />
        <div>
          <Text size="xs" fw={500} mb={4}>{t.theme}</Text>
          <SegmentedControl
            size="xs"
            aria-label={t.theme}
            data={(["light", "dark", "auto"] as const).map((value) => ({ value, label: t.schemes[value] }))}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as MantineColorScheme)}
          />
        </div>
        <Letters />
      </Stack>
    </Panel>
  );
}

function Letters() {
  const t = useMessages(accountMessages);
  const registry = useShortcutRegistry();
  const [areOn, setOn] = useState(registry.lettersOn);
  return (
    <Switch
      label={t.letters}
      description={t.lettersHelp}
      checked={areOn}
      onChange={(event) => {
        registry.setLetters(event.currentTarget.checked);
        setOn(event.currentTarget.checked);
      }}
    />
  );
}

function Rights() {
  const t = useMessages(accountMessages);
  const words: Readonly<Record<string, string>> = t.rightWords;
  return (
    <Panel title={t.rights}>
      <Stack gap="xs">
        {useMe()?.namespaces.map(({ name, rights }) => (
          <div key={name}>
            <Text size="sm" fw={600}>{name}</Text>
            <Group gap={4}>
              {rights.map((right) => (
                <Badge key={right} variant="default" size="sm" tt="none" fw={400}>{words[right] ?? right}</Badge>
              ))}
            </Group>
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
