// The entry: styles first, then the app.

import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/states.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";

const place = document.getElementById("app");
if (!place) throw new Error("the page has no place for the app");
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
