// Every address and the page behind it. Pages are loaded when first visited.

import { createBrowserRouter, type LazyRouteFunction, type RouteObject } from "react-router";
import { RouteProblem } from "./RouteProblem";
import { Shell } from "./Shell";

type Page = { default: React.ComponentType };

function page(load: () => Promise<Page>): LazyRouteFunction<RouteObject> {
  return async () => ({ Component: (await load()).default });
}

// The server says below which address it serves the app.
const base = document.querySelector<HTMLMetaElement>('meta[name="base"]')?.content ?? "";

export const router = createBrowserRouter([
  {
    path: "/",
    Component: Shell,
    ErrorBoundary: RouteProblem,
    children: [
      { index: true, lazy: page(() => import("@/features/home/HomePage")) },
      { path: "runs", lazy: page(() => import("@/features/runs/RunsPage")) },
      { path: "runs/:uid/:tab?", lazy: page(() => import("@/features/run/RunPage")) },
      { path: "submit", lazy: page(() => import("@/features/submit/SubmitPage")) },
      { path: "templates", lazy: page(() => import("@/features/templates/TemplatesPage")) },
      { path: "templates/:kind/:name", lazy: page(() => import("@/features/templates/TemplatePage")) },
      { path: "schedules", lazy: page(() => import("@/features/schedules/SchedulesPage")) },
      { path: "account", lazy: page(() => import("@/features/account/AccountPage")) },
      { path: "*", lazy: page(() => import("./NotFoundPage")) },
    ],
  },
], { basename: base || "/" });
