// A strip above the tabs that says what matters most now, in the colour of its state.

import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import type { State } from "@/shared/state/states";
import { StateIcon } from "@/shared/ui/StateIcon";
import classes from "./banners.module.css";

interface Props {
  state: State;
  label: string;
  actions?: ReactNode;
  children: ReactNode;
}

export function Banner({ state, label, actions, children }: Props) {
  return (
    <section aria-label={label} className={classes.banner} style={{ borderInlineStartColor: `var(--state-${state})` }} data-banner={state}>
      <StateIcon state={state} size={16} />
      <div className={classes.words}>{children}</div>
      {actions ? (
        <Group gap={6} wrap="nowrap" className={classes.actions!}>
          {actions}
        </Group>
      ) : null}
    </section>
  );
}
