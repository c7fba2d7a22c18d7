// What stands around every page: brand, namespace, navigation, connection, and the menus of the person.

import { ActionIcon, AppShell, Burger, Group, Menu, Select, Text, Tooltip, useMantineColorScheme } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { use } from "react";
import { NavLink, Outlet, useNavigate } from "react-router";
import { LANGUAGES, useLanguage, useMessages, type Language } from "@/shared/i18n/messages";
import { useShortcut } from "@/shared/keys/shortcuts";
import { useMe, useNamespace } from "@/shared/session/session";
import { ConnectionSign } from "./ConnectionSign";
import { Icon } from "@/shared/ui/Icon";
import { LanguageChoiceContext } from "@/shared/i18n/languageChoice";
import { shellMessages } from "./messages";
import classes from "./Shell.module.css";

const PAGES = [
  { to: "/", key: "g h", name: "home" },
  { to: "/runs", key: "g r", name: "runs" },
  { to: "/templates", key: "g t", name: "templates" },
  { to: "/schedules", key: "g c", name: "schedules" },
] as const;

export function Shell() {
  const t = useMessages(shellMessages);
  const [opened, menu] = useDisclosure();
  return (
    <AppShell header={{ height: 48 }} navbar={{ width: 184, breakpoint: "sm", collapsed: { mobile: !opened } }}>
      <a className={classes.skip} href="#main">
        {t.skip}
      </a>
      <AppShell.Header className={classes.header}>
        <Burger opened={opened} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label={t.menu} />
        <NavLink to="/" className={classes.brand!} aria-label="Sluice">
          <Icon name="brand" size={24} />
          <Text span fw={700} visibleFrom="sm">
            Sluice
          </Text>
        </NavLink>
        <NamespaceSelect />
        <Group ml="auto" gap="xs" wrap="nowrap">
          <ConnectionSign />
          <LanguageMenu />
          <SchemeSwitch />
          <PersonMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" className={classes.navbar}>
        <nav aria-label={t.navigation}>
          {PAGES.map((page) => (
            <PageLink key={page.to} page={page} onClick={menu.close} />
          ))}
        </nav>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function PageLink({ page, onClick }: { page: (typeof PAGES)[number]; onClick: () => void }) {
  const t = useMessages(shellMessages);
  const navigate = useNavigate();
  useShortcut(page.key, t.navigation, t.pages[page.name], () => void navigate(page.to));
  return (
    <NavLink to={page.to} end={page.to === "/"} className={classes.link!} onClick={onClick}>
      <Icon name={page.name} size={16} />
      {t.pages[page.name]}
    </NavLink>
  );
}

function NamespaceSelect() {
  const t = useMessages(shellMessages);
  const [namespace, choose] = useNamespace();
  const names = useMe()?.namespaces.map((one) => one.name) ?? [];
  return (
    <Select
      aria-label={t.namespace}
      data={names}
      value={namespace || null}
      onChange={(name) => name && choose(name)}
      allowDeselect={false}
      searchable={names.length > 8}
      w={180}
    />
  );
}

function LanguageMenu() {
  const t = useMessages(shellMessages);
  const choose = use(LanguageChoiceContext);
  const current = useLanguage();
  return (
    <Menu>
      <Menu.Target>
        <Tooltip label={t.language}>
          <ActionIcon aria-label={t.language}>
            <Icon name="language" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <Menu.Item key={language} lang={language} onClick={() => choose(language as Language)} fw={language === current ? 600 : 400}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function SchemeSwitch() {
  const t = useMessages(shellMessages);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu>
      <Menu.Target>
        <Tooltip label={t.theme}>
          <ActionIcon aria-label={t.theme}>
            <Icon name="theme" />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {(["light", "dark", "auto"] as const).map((scheme) => (
          <Menu.Item key={scheme} onClick={() => setColorScheme(scheme)} fw={scheme === colorScheme ? 600 : 400}>
            {t.schemes[scheme]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function PersonMenu() {
  const t = useMessages(shellMessages);
  const me = useMe();
  const navigate = useNavigate();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon aria-label={t.person(me?.username ?? "")} w="auto" px={8}>
          <Icon name="person" />
          <Text span size="sm" ml={6} visibleFrom="sm">
            {me?.username}
          </Text>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void navigate("/account")}>{t.account}</Menu.Item>
        <Menu.Item onClick={() => document.querySelector<HTMLFormElement>("#sign-out")?.requestSubmit()}>{t.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
