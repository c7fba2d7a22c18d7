// How the menu of the shell and the account page change the language.

import { createContext } from "react";
import type { Language } from "./messages";

export const LanguageChoiceContext = createContext<(language: Language) => void>(() => undefined);
