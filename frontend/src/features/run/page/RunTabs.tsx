// The tabs of the run page and their keys.

import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useMessages } from "@/shared/i18n/messages";
import { useShortcut } from "@/shared/keys/shortcuts";
import { pageMessages } from "./messages";
import classes from "./page.module.css";
import { nextView, TABS, tabOf, type Tab } from "./tabs";

export function RunTabs({ tab, onTab, children }: { tab: Tab; onTab: (tab: Tab) => void; children: ReactNode }) {
  const t = useMessages(pageMessages);
  return (
    <>
      <Tabs value={tab} onChange={(next) => onTab(tabOf(next ?? undefined))} className={classes.tabs!} activateTabWithKeyboard={false}>
        <Tabs.List aria-label={t.tabList}>
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one} id={`tab-${one}`} aria-controls="run-panel" className={classes.tab!}>
              {t.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {TABS.map((one, place) => (
        <TabKey key={one} keys={String(place + 1)} tab={one} onTab={onTab} />
      ))}
      <TabKey keys="l" tab="logs" onTab={onTab} />
      <TabKey keys="y" tab="manifest" onTab={onTab} />
      <TabKey keys="i" tab="io" onTab={onTab} />
      <TabKey keys="t" tab={nextView(tab)} onTab={onTab} />
      {children}
    </>
  );
}

function TabKey({ keys, tab, onTab }: { keys: string; tab: Tab; onTab: (tab: Tab) => void }) {
  const t = useMessages(pageMessages);
  useShortcut(keys, t.shortcuts, t.tabs[tab], () => onTab(tab));
  return null;
}
