// One parameter of the form: the control that fits its kind, its description, its fault, the way back to the default.

import { ActionIcon, Autocomplete, Select, Textarea, TextInput, Tooltip } from "@mantine/core";
import { useMessages } from "@/shared/i18n/messages";
import { Icon } from "@/shared/ui/Icon";
import { faultOf, type Field } from "./fields";
import { submitMessages } from "./messages";

interface ParameterFieldProps {
  field: Field;
  entered: string | undefined;
  onEnter: (value: string | undefined) => void;
  /** whether a value that is missing is already a fault: not before the first try to send */
  strict: boolean;
}

export function ParameterField({ field, entered, onEnter, strict }: ParameterFieldProps) {
  const t = useMessages(submitMessages);
  const fault = faultOf(field, entered);
  const changed = entered !== undefined && entered !== field.initial;
  const reset = changed && field.initial !== undefined ? <Reset name={field.name} onClick={() => onEnter(undefined)} /> : null;
  const common = {
    label: field.name,
    description: field.description || undefined,
    required: field.initial === undefined,
    withAsterisk: field.initial === undefined,
    error: fault && (fault !== "missing" || strict) ? t.faults[fault] : undefined,
    value: entered ?? field.initial ?? "",
    "data-parameter": field.name,
  };
  switch (field.kind) {
    case "choice":
      return (
        <Select {...common} value={entered ?? field.initial ?? null} data={[...new Set(field.choices)]} searchable={field.choices.length > 8} allowDeselect={false} onChange={(value) => onEnter(value ?? undefined)} />
      );
    case "boolean":
      return <Autocomplete {...common} size="xs" data={["true", "false"]} onChange={onEnter} />;
    case "lines":
    case "json":
      return (
        <Textarea {...common} autosize minRows={3} maxRows={16} spellCheck={false} classNames={{ input: "mono" }} rightSection={reset} onChange={(event) => onEnter(event.currentTarget.value)} />
      );
    default:
      return (
        <TextInput {...common} inputMode={field.kind === "number" ? "decimal" : "text"} rightSection={reset} onChange={(event) => onEnter(event.currentTarget.value)} />
      );
  }
}

function Reset({ name, onClick }: { name: string; onClick: () => void }) {
  const t = useMessages(submitMessages);
  return (
    <Tooltip label={t.reset}>
      <ActionIcon size="sm" aria-label={t.resetOf(name)} onClick={onClick}>
        <Icon name="retry" size={14} />
      </ActionIcon>
    </Tooltip>
  );
}
