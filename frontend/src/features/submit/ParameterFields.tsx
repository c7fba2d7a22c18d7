// All parameters of the form; many of them can be searched.

import { Stack, Text, TextInput } from "@mantine/core";
import { useDeferredValue, useState } from "react";
import { useMessages } from "@/shared/i18n/messages";
import type { Entered, Field } from "./fields";
import { submitMessages } from "./messages";
import { ParameterField } from "./ParameterField";

/** from so many on there is a search */
const MANY = 12;

interface ParameterFieldsProps {
  fields: readonly Field[];
  entered: Entered;
  onEnter: (name: string, value: string | undefined) => void;
  strict: boolean;
}

export function ParameterFields({ fields, entered, onEnter, strict }: ParameterFieldsProps) {
  const t = useMessages(submitMessages);
  const [wanted, setWanted] = useState("");
  const needle = useDeferredValue(wanted).trim().toLowerCase();
  const shown = fields.filter((field) => `${field.name} ${field.description}`.toLowerCase().includes(needle));
  if (fields.length === 0) return <Text className="dim">{t.noParameters}</Text>;
  return (
    <Stack gap="sm">
      {fields.length >= MANY ? (
        <TextInput type="search" aria-label={t.findParameter} placeholder={t.findParameter} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
      ) : null}
      {shown.map((field) => (
        <ParameterField key={field.name} field={field} entered={entered[field.name]} onEnter={(value) => onEnter(field.name, value)} strict={strict} />
      ))}
      {shown.length === 0 ? <Text className="dim">{t.noneFound}</Text> : null}
    </Stack>
  );
}
