// A text of any length that takes little room until asked for.

import { Anchor } from "@mantine/core";
import { useState } from "react";
import { useMessages } from "@/shared/i18n/messages";
import { pageMessages } from "../page/messages";
import classes from "./banners.module.css";

const SHORT = 280;

export function LongText({ text }: { text: string }) {
  const t = useMessages(pageMessages);
  const [isOpen, setOpen] = useState(false);
  const isLong = text.length > SHORT || text.split("\n", 5).length > 4;
  return (
    <>
      <div className={classes.message} data-open={isOpen || !isLong || undefined} {...(isOpen ? { tabIndex: 0 } : {})}>
        {isOpen || !isLong ? text : `${text.slice(0, SHORT)}…`}
      </div>
      {isLong ? (
        <Anchor component="button" type="button" size="xs" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? t.showLess : t.showAll}
        </Anchor>
      ) : null}
    </>
  );
}
