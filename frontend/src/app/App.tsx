// The providers around every page, from the outside in.

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { RouterProvider } from "react-router";
import { ApiProblem } from "@/shared/api/client";
import { initialLanguage, LanguageContext, storeLanguage, type Language } from "@/shared/i18n/messages";
import { ShortcutProvider } from "@/shared/keys/shortcuts";
import { LiveProvider } from "@/shared/live/LiveProvider";
import { LanguageChoiceContext } from "@/shared/i18n/languageChoice";
import { router } from "./routes";
import { theme } from "./theme";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // what the server refused it will refuse again; what it could not answer is asked for twice more
      retry: (count, fault) => count < 2 && !(fault instanceof ApiProblem && fault.status >= 400 && fault.status < 500),
    },
  },
});

export function App() {
  const [language, setLanguage] = useState<Language>(initialLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
    storeLanguage(language);
  }, [language]);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce}>
      <LanguageContext value={language}>
        <LanguageChoiceContext value={setLanguage}>
          <QueryClientProvider client={queries}>
            <ShortcutProvider>
              <LiveProvider>
                <Notifications position="bottom-right" />
                <RouterProvider router={router} />
              </LiveProvider>
            </ShortcutProvider>
          </QueryClientProvider>
        </LanguageChoiceContext>
      </LanguageContext>
    </MantineProvider>
  );
}

// The page's policy lets only style elements with this nonce apply.
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="style-nonce"]')?.content ?? "";
}
