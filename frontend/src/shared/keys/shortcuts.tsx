// Keyboard shortcuts: components say which keys they answer to, the sheet (?) lists them. They never fire while
// somebody types or composes, and single letters can be switched off (WCAG 2.1.4).

import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from "react";

export interface Shortcut {
  /** "mod+k", "shift+n", "g r" (one after the other), "?" */
  keys: string;
  label: string;
  group: string;
  run: () => void;
}

const SEQUENCE_MS = 1_000;
const STORED = "sluice.letters";

class Registry {
  readonly shortcuts = new Set<Shortcut>();
  lettersOn = localStorage.getItem(STORED) !== "off";
  private before = "";
  private beforeAt = 0;

  setLetters(on: boolean): void {
    this.lettersOn = on;
    localStorage.setItem(STORED, on ? "on" : "off");
  }

  handle = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const pressed = nameOf(event);
    const isLetter = !pressed.startsWith("mod+") && event.key.length === 1;
    if (isLetter && (!this.lettersOn || isTyping(event.target))) return;
    const sequence = Date.now() - this.beforeAt < SEQUENCE_MS ? `${this.before} ${pressed}` : pressed;
    const found = this.find(sequence) ?? this.find(pressed);
    this.before = pressed;
    this.beforeAt = Date.now();
    if (!found) return;
    event.preventDefault();
    this.before = "";
    found.run();
  };

  // The one registered last wins: a dialog's keys come before those of the page below it.
  private find(keys: string): Shortcut | undefined {
    return [...this.shortcuts].findLast((shortcut) => shortcut.keys === keys);
  }
}

const RegistryContext = createContext<Registry | undefined>(undefined);

export function ShortcutProvider({ children }: { children: ReactNode }) {
  const [registry] = useState(() => new Registry());
  useEffect(() => {
    addEventListener("keydown", registry.handle);
    return () => removeEventListener("keydown", registry.handle);
  }, [registry]);
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

export function useShortcutRegistry(): Registry {
  const registry = useContext(RegistryContext);
  if (!registry) throw new Error("shortcuts need a ShortcutProvider");
  return registry;
}

/** Answers to `keys` while the component is mounted (and `enabled`). */
export function useShortcut(keys: string, group: string, label: string, run: () => void, enabled = true): void {
  const registry = useShortcutRegistry();
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!enabled) return;
    const shortcut: Shortcut = { keys, group, label, run: () => latest.current() };
    registry.shortcuts.add(shortcut);
    return () => {
      registry.shortcuts.delete(shortcut);
    };
  }, [registry, keys, group, label, enabled]);
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("mod");
  if (event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key))) parts.push("shift");
  return [...parts, key].join("+");
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.role === "textbox")
  );
}
