// One WebSocket with topics. After a break it connects again and asks for what changed meanwhile.

const FIRST_WAIT = 250;
const LONGEST_WAIT = 10_000;

export class Live {
  #topics = new Map();
  #socket = null;
  #wait = FIRST_WAIT;

  constructor(onState) {
    this.onState = onState;
    this.#connect();
  }

  // `since` tells the seq that the subscriber holds, when asked; `onFrame` gets every frame of the topic.
  subscribe(topic, { since = () => 0, onFrame }) {
    this.#topics.set(topic, { since, onFrame });
    this.#ask(topic);
  }

  unsubscribe(topic) {
    if (this.#topics.delete(topic)) this.#send({ type: "unsubscribe", topic });
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.#socket = new WebSocket(`${scheme}://${location.host}/ws/`);
    this.#socket.addEventListener("open", () => {
      this.#wait = FIRST_WAIT;
      this.onState("live");
      for (const topic of this.#topics.keys()) this.#ask(topic);
    });
    this.#socket.addEventListener("message", (event) => {
      const frame = JSON.parse(event.data);
      this.#topics.get(frame.topic)?.onFrame(frame);
    });
    this.#socket.addEventListener("close", () => {
      this.onState("reconnecting…");
      setTimeout(() => this.#connect(), this.#wait);
      this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
    });
  }

  #ask(topic) {
    this.#send({ type: "subscribe", topic, since: this.#topics.get(topic).since() });
  }

  #send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

// Shows in the page's header whether what is seen is live.
export function connect() {
  const place = document.getElementById("connection");
  return new Live((state) => {
    place.textContent = state;
    place.classList.toggle("connected", state === "live");
  });
}
