// A button that, when it may not be pressed, keeps its focus and says why.

import { Button, Tooltip, type ButtonProps } from "@mantine/core";
import { useId, type ReactNode } from "react";
import classes from "./actions.module.css";

interface Props extends ButtonProps {
  /** why it may not be pressed, undefined when it may */
  refused: string | undefined;
  onClick: () => void;
  children: ReactNode;
}

export function ActionButton({ refused, onClick, children, ...props }: Props) {
  const why = useId();
  if (refused === undefined) {
    return (
      <Button {...props} onClick={onClick}>
        {children}
      </Button>
    );
  }
  return (
    <>
      <Tooltip label={refused} multiline maw={320} events={{ hover: true, focus: true, touch: true }}>
        <Button {...props} aria-disabled="true" data-disabled aria-describedby={why} onClick={(event) => event.preventDefault()}>
          {children}
        </Button>
      </Tooltip>
      <span id={why} className={classes.hidden}>
        {refused}
      </span>
    </>
  );
}
