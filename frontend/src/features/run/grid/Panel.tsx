// The place of a tab whose list or chart scrolls in itself.

import type { ReactNode } from "react";
import classes from "./Panel.module.css";

export function Panel({ children }: { children: ReactNode }) {
  return <div className={classes.panel}>{children}</div>;
}
