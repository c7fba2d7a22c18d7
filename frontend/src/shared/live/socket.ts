// One WebSocket for the whole page, with topics. After a break it connects again and every subscriber asks for what
// changed meanwhile. Not for React: see `LiveProvider`.

export type ConnectionState = "connecting" | "live" | "reconnecting" | "signed-out";

/** What the server sends; see the description of the socket in the guide. */
export interface Frame {
  type: "graph" | "runs" | "gone" | "problem" | "pong";
  topic: string;
  [field: string]: unknown;
}

export interface Subscriber {
  /** the seq the subscriber holds, asked at each (re)connection */
  since: () => number;
  onFrame: (frame: Frame) => void;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10_000;
const PING_MS = 20_000;
/** a socket that says nothing for so long is dead, whatever the browser thinks (sleep, lost network) */
const SILENCE_MS = 30_000;
const NOT_SIGNED_IN = 4401;

export class LiveSocket {
  private readonly topics = new Map<string, Set<Subscriber>>();
  private readonly listeners = new Set<() => void>();
  private socket: WebSocket | undefined;
  private wait = FIRST_WAIT_MS;
  private lastWord = 0;
  private timers: ReturnType<typeof setTimeout>[] = [];
  private closed = false;
  private current: ConnectionState = "connecting";

  constructor(private readonly url: string) {}

  get state(): ConnectionState {
    return this.current;
  }

  onState = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  open(): void {
    this.closed = false;
    this.connect();
    const beat = setInterval(() => this.beat(), PING_MS);
    this.timers.push(beat);
    addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers.splice(0)) clearTimeout(timer);
    removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    this.socket?.close();
  }

  /** Several subscribers of one topic share one subscription, from the lowest seq any of them holds. */
  subscribe(topic: string, subscriber: Subscriber): () => void {
    const subscribers = this.topics.get(topic) ?? new Set();
    this.topics.set(topic, subscribers.add(subscriber));
    this.ask(topic);
    return () => {
      subscribers.delete(subscriber);
      if (subscribers.size > 0 || this.topics.get(topic) !== subscribers) return;
      this.topics.delete(topic);
      this.send({ type: "unsubscribe", topic });
    };
  }

  /** Ask for everything since what the subscribers hold, e.g. because a patch did not fit. */
  ask(topic: string): void {
    const subscribers = this.topics.get(topic);
    if (!subscribers || subscribers.size === 0) return;
    const since = Math.min(...[...subscribers].map((subscriber) => subscriber.since()));
    this.send({ type: "subscribe", topic, since });
  }

  private connect(): void {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.wait = FIRST_WAIT_MS;
      this.lastWord = Date.now();
      this.become("live");
      for (const topic of this.topics.keys()) this.ask(topic);
    });
    socket.addEventListener("message", (event: MessageEvent<string>) => {
      this.lastWord = Date.now();
      const frame = JSON.parse(event.data) as Frame;
      for (const subscriber of this.topics.get(frame.topic) ?? []) subscriber.onFrame(frame);
    });
    socket.addEventListener("close", (event) => {
      if (this.socket !== socket || this.closed) return;
      if (event.code === NOT_SIGNED_IN) {
        this.become("signed-out");
        return;
      }
      this.become("reconnecting");
      // spread out, so that a server that comes back is not met by everybody at once
      this.timers.push(setTimeout(() => this.connect(), this.wait * (0.5 + Math.random())));
      this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2);
    });
  }

  private beat(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    if (Date.now() - this.lastWord > SILENCE_MS) {
      this.socket.close();
      return;
    }
    this.send({ type: "ping" });
  }

  private readonly hurry = (): void => {
    if (document.hidden) return;
    this.beat();
  };

  private become(state: ConnectionState): void {
    if (state === this.current) return;
    this.current = state;
    for (const listener of this.listeners) listener();
  }

  private send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
