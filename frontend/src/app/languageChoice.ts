// How the shell's menu changes the language of the page.

import { createContext } from "react";
import type { Language } from "@/shared/i18n/messages";

export const LanguageChoiceContext = createContext<(language: Language) => void>(() => undefined);
