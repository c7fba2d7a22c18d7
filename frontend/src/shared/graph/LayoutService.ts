// Asks the worker for layouts: one at a time, and of what is asked meanwhile only the latest.

import type { LayoutInput, LayoutResult } from "./layered";

type Job = { input: LayoutInput; done: (result: LayoutResult) => void };

export class LayoutService {
  private readonly worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
  private running: Job | undefined;
  private next: Job | undefined;
  private ticket = 0;

  constructor(onFault: (message: string) => void) {
    this.worker.onmessage = (event: MessageEvent<{ ticket: number; result: LayoutResult }>) => {
      if (event.data.ticket !== this.ticket) return;
      const { running, next } = this;
      this.running = this.next = undefined;
      running?.done(event.data.result);
      if (next) this.start(next);
    };
    this.worker.onerror = (event) => onFault(event.message);
  }

  ask(input: LayoutInput, done: (result: LayoutResult) => void): void {
    const job = { input, done };
    if (this.running) this.next = job;
    else this.start(job);
  }

  close(): void {
    this.ticket = -1;
    this.worker.terminate();
  }

  private start(job: Job): void {
    this.running = job;
    this.ticket += 1;
    this.worker.postMessage({ ticket: this.ticket, input: job.input });
  }
}
