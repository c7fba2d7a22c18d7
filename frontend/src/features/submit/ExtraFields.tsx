// What may be said of a run besides its parameters: name, labels, annotations, priority, service account.

import { SimpleGrid, Stack, TagsInput, TextInput } from "@mantine/core";
import { useMessages } from "@/shared/i18n/messages";
import { isPair, isPriority, type Extras } from "./link";
import { submitMessages } from "./messages";

export function ExtraFields({ extras, onChange }: { extras: Extras; onChange: (extras: Extras) => void }) {
  const t = useMessages(submitMessages);
  const text = (field: "name" | "generateName" | "serviceAccountName" | "priority") => ({
    label: t[field],
    value: extras[field],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => onChange({ ...extras, [field]: event.currentTarget.value }),
  });
  const pairs = (field: "labels" | "annotations") => ({
    label: t[field],
    description: t.pairHelp,
    value: [...extras[field]],
    splitChars: field === "labels" ? [",", "\n"] : ["\n"],
    error: extras[field].every(isPair) ? undefined : t.pairFault,
    onChange: (value: string[]) => onChange({ ...extras, [field]: value }),
  });
  return (
    <Stack gap="sm">
      <TagsInput size="xs" {...pairs("labels")} />
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput {...text("name")} description={t.nameHelp} />
        <TextInput {...text("generateName")} description={t.nameHelp} />
        <TextInput {...text("serviceAccountName")} />
        <TextInput {...text("priority")} inputMode="numeric" error={isPriority(extras.priority) ? undefined : t.priorityFault} />
      </SimpleGrid>
      <TagsInput size="xs" {...pairs("annotations")} />
    </Stack>
  );
}
