// Lays graphs out away from the page's own thread, one after the other.

import { layered, type LayoutInput } from "./layered";

addEventListener("message", (event: MessageEvent<{ ticket: number; input: LayoutInput }>) => {
  const { ticket, input } = event.data;
  const result = layered(input);
  const transfer = [result.along, result.cross, result.rank, result.start, result.points].map((array) => array.buffer as ArrayBuffer);
  (postMessage as (message: unknown, transfer: Transferable[]) => void)({ ticket, result }, transfer);
});
