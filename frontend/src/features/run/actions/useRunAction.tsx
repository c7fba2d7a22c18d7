// Sends what a person asks of a run and says what became of it. The engine carries it out: the live graph shows the
// effect, so nothing is fetched again here.

import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { ApiProblem, request } from "@/shared/api/client";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { actionMessages } from "./messages";

export interface Wish {
  /** below /api/runs/UID, "" for the run itself */
  path: string;
  method?: "POST" | "DELETE";
  body?: unknown;
  /** what is said once the server took it */
  said: string;
  /** what takes it back, where something does */
  undo?: Wish;
  onDone?: (answer: RunSummary | undefined) => void;
}

export function useRunAction(uid: string): UseMutationResult<RunSummary | undefined, Error, Wish> {
  const t = useMessages(actionMessages);
  const queries = useQueryClient();
  const mutation = useMutation({
    mutationFn: ({ path, method = "POST", body = {} }: Wish) =>
      request<RunSummary | undefined>(`/api/runs/${uid}${path}`, { method, ...(method === "POST" ? { body } : {}) }),
    onSuccess: (answer, wish) => {
      say(wish);
      wish.onDone?.(answer);
      void queries.invalidateQueries({ queryKey: ["run", uid, "node"] });
    },
    onError: (problem) => {
      const text = problem instanceof ApiProblem ? refusal(problem, t) : problem.message;
      notifications.show({ color: "red", title: t.failed, message: text, autoClose: 10_000 });
    },
  });

  function say({ said, undo }: Wish) {
    const id = notifications.show({
      message: undo ? (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{said}</Text>
          <Button
            variant="subtle"
            onClick={() => {
              notifications.hide(id);
              mutation.mutate(undo);
            }}
          >
            {t.undo}
          </Button>
        </Group>
      ) : (
        said
      ),
      ...(undo ? { autoClose: 8_000 } : {}),
    });
  }

  return mutation;
}

function refusal(problem: ApiProblem, t: { refused: Record<string, string> }): string {
  return t.refused[problem.code] ?? problem.message;
}
