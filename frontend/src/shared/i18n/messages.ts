// Texts in three languages. A message that lacks a language does not compile, so the build fails.
//
//   const messages = defineMessages({
//     en: { title: "Runs", count: (n: number) => plural("en", n, { one: "# run", other: "# runs" }) },
//     "zh-Hans": { … },
//     ja: { … },
//   });
//   const t = useMessages(messages);   t.title, t.count(3)

import { createContext, useContext } from "react";

export const LANGUAGES = { en: "English", "zh-Hans": "简体中文", ja: "日本語" } as const;
export type Language = keyof typeof LANGUAGES;

type Shape<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => string
    ? (...args: A) => string
    : T[K] extends string
      ? string
      : Shape<T[K]>;
};

export type Messages<T> = { en: T } & Record<Exclude<Language, "en">, Shape<T>>;

export function defineMessages<const T>(messages: Messages<T>): Record<Language, Shape<T>> {
  return messages as Record<Language, Shape<T>>;
}

export const LanguageContext = createContext<Language>("en");

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

export function useMessages<T>(messages: Record<Language, T>): T {
  return messages[useLanguage()];
}

/** "#" stands for the number, written as people of that language write it. */
export function plural(
  language: Language,
  count: number,
  forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string },
): string {
  const form = forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
  return form.replaceAll("#", new Intl.NumberFormat(language).format(count));
}

const STORED = "sluice.language";

/** What the person chose, else what the browser prefers, else English. */
export function initialLanguage(): Language {
  const stored = readStored();
  if (stored) return stored;
  for (const wanted of navigator.languages) {
    const tag = wanted.toLowerCase();
    if (tag.startsWith("zh")) return "zh-Hans";
    if (tag.startsWith("ja")) return "ja";
    if (tag.startsWith("en")) return "en";
  }
  return "en";
}

export function storeLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
}

function readStored(): Language | undefined {
  const stored = localStorage.getItem(STORED);
  return stored && stored in LANGUAGES ? (stored as Language) : undefined;
}
