// The parameters of a run as fields, each told apart once it differs from what the run had.

import { Select, Stack, Text, Textarea } from "@mantine/core";
import type { Parameter } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { actionMessages } from "./messages";

export type Values = Record<string, string>;

export function valuesOf(parameters: readonly Parameter[] = []): Values {
  return Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.value ?? parameter.default ?? ""]));
}

interface Props {
  parameters: readonly Parameter[];
  values: Values;
  onChange: (values: Values) => void;
}

export function ParameterFields({ parameters, values, onChange }: Props) {
  const t = useMessages(actionMessages);
  const before = valuesOf(parameters);
  if (parameters.length === 0) return <Text size="sm" className="dim">{t.noParameters}</Text>; // prettier-ignore
  return (
    <Stack gap="xs">
      {parameters.map((parameter) => {
        const { name, enum: choices, description } = parameter;
        const value = values[name] ?? "";
        const shared = {
          label: value === before[name] ? name : `${name} (${t.changed})`,
          description,
          value,
          styles: { label: { overflowWrap: "anywhere" as const } },
        };
        const change = (next: string) => onChange({ ...values, [name]: next });
        return choices?.length ? (
          <Select key={name} {...shared} data={[...new Set([value, ...choices])]} allowDeselect={false} onChange={(next) => change(next ?? value)} />
        ) : (
          <Textarea key={name} {...shared} autosize minRows={1} maxRows={8} onChange={(event) => change(event.currentTarget.value)} />
        );
      })}
    </Stack>
  );
}
