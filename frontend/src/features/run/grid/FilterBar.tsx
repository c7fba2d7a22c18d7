// The filters above the tree and the table: text, state, type, template, and how many nodes they leave.

import { ActionIcon, Group, MultiSelect, Text, TextInput, Tooltip } from "@mantine/core";
import { useMemo, type ReactNode } from "react";
import { useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { STATES, stateOfNode, type State } from "@/shared/state/states";
import { stateWords } from "@/shared/state/words";
import { Icon } from "@/shared/ui/Icon";
import { gridMessages } from "./messages";
import { useNodeFilter } from "./useNodeFilter";

export function FilterBar({ graph, shown, children }: { graph: GraphView; shown: number; children?: ReactNode }) {
  const t = useMessages(gridMessages);
  const words = useMessages(stateWords);
  const [filter, change] = useNodeFilter();
  const choices = useMemo(() => choicesOf(graph), [graph]);
  const isOn = Boolean(filter.text || filter.states.length || filter.types.length || filter.templates.length);
  return (
    <Group gap="xs" mb="xs">
      <TextInput
        aria-label={t.filter}
        placeholder={t.filterPlaceholder}
        leftSection={<Icon name="search" size={14} />}
        value={filter.text}
        onChange={(event) => change({ text: event.currentTarget.value })}
        w={{ base: "100%", xs: 220 }}
      />
      <Choice
        label={t.state}
        any={t.anyState}
        values={filter.states}
        data={choices.states.map((state) => ({ value: state, label: words[state] }))}
        onChange={(states) => change({ states: states as State[] })}
      />
      <Choice label={t.type} any={t.anyType} values={filter.types} data={choices.types} onChange={(types) => change({ types })} />
      <Choice
        label={t.template}
        any={t.anyTemplate}
        values={filter.templates}
        data={choices.templates}
        onChange={(templates) => change({ templates })}
      />
      {isOn ? (
        <Tooltip label={t.clear}>
          <ActionIcon aria-label={t.clear} onClick={() => change({ text: "", states: [], types: [], templates: [] })}>
            <Icon name="close" size={14} />
          </ActionIcon>
        </Tooltip>
      ) : null}
      <Text size="xs" className="dim" role="status">
        {t.count(shown, graph.nodes.size)}
      </Text>
      <Group gap={4} ml="auto">
        {children}
      </Group>
    </Group>
  );
}

interface ChoiceProps {
  label: string;
  any: string;
  values: readonly string[];
  data: readonly (string | { value: string; label: string })[];
  onChange: (values: string[]) => void;
}

function Choice({ label, any, values, data, onChange }: ChoiceProps) {
  return (
    <MultiSelect
      aria-label={label}
      placeholder={values.length ? "" : any}
      value={[...values]}
      data={[...data]}
      onChange={onChange}
      searchable={data.length > 8}
      limit={100}
      clearable
      w={{ base: "calc(50% - 5px)", xs: "auto" }}
      maw={{ base: "100%", xs: 260 }}
      miw={130}
    />
  );
}

// What is chosen already stays on offer, else it could not be taken back.
function choicesOf(graph: GraphView) {
  const states = new Set<State>();
  const types = new Set<string>();
  const templates = new Set<string>();
  for (const node of graph.nodes.values()) {
    states.add(stateOfNode(node));
    types.add(node.type);
    if (node.templateName) templates.add(node.templateName);
  }
  return { states: STATES.filter((state) => states.has(state)), types: [...types].sort(), templates: [...templates].sort() };
}
