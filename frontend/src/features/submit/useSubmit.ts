// Sending a run, or only having it checked; after one was started, its page opens.

import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { request, type ApiProblem, type ManifestProblem } from "@/shared/api/client";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { submitMessages } from "./messages";

interface Answer {
  runs: RunSummary[];
  warnings: ManifestProblem[];
}

export interface DryRunAnswer {
  runs: Record<string, unknown>[];
  warnings: ManifestProblem[];
}

function path(namespace: string): string {
  return `/api/namespaces/${encodeURIComponent(namespace)}/runs`;
}

export function useSubmit(namespace: string) {
  const t = useMessages(submitMessages);
  const navigate = useNavigate();
  const queries = useQueryClient();
  return useMutation<Answer, ApiProblem, Record<string, unknown>>({
    mutationFn: (body) => request<Answer>(path(namespace), { method: "POST", body }),
    onSuccess: ({ runs }) => {
      void queries.invalidateQueries({ queryKey: ["runs"] });
      void queries.invalidateQueries({ queryKey: ["stored"] });
      notifications.show({ message: runs.length === 0 ? t.stored : t.submitted(runs.length) });
      if (runs.length === 1) void navigate(`/runs/${runs[0]!.metadata.uid}`);
      else if (runs.length > 1) void navigate("/runs");
    },
  });
}

export function useDryRun(namespace: string) {
  return useMutation<DryRunAnswer, ApiProblem, Record<string, unknown>>({
    mutationFn: (body) => request<DryRunAnswer>(path(namespace), { method: "POST", body: { ...body, dryRun: true } }),
  });
}
