// The WebSocket, opened again whenever it is lost.
//
// States: `connecting` (dialling, or waiting for `welcome`), `online`, `offline` (waiting to dial
// again), `closed` (the server sent us away; only `open()` dials again).

/** No welcome after this long: the server is not there. */
const WELCOME_WITHIN = 15_000;
/** No answer to a probe after this long: the connection is dead. */
const ANSWER_WITHIN = 5_000;
/** How often the clock is looked at, and the jump of it that means the machine was asleep. */
const TICK = 15_000;
const ASLEEP = 45_000;
/** A connection that lasted this long ends a series of failures. */
const LASTING = 10_000;

/** How long to wait before try number `attempt` (from 0): at once, then 1 s doubling to 30 s, ± 25 %. */
export function delayBefore(attempt, random = Math.random()) {
  if (attempt === 0) return 0;
  return Math.min(30_000, 1000 * 2 ** (attempt - 1)) * (0.75 + random / 2);
}

export class Socket {
  /** `hello()` makes the first message, `probe()` one that is answered; the others are told. */
  constructor({ url, hello, probe, onMessage, onState }) {
    Object.assign(this, { url, hello, probe, onMessage, onState });
    this.state = "offline";
    this.attempt = 0;
    this.retryAt = 0;
    this.heardAt = 0;
    this.tickAt = Date.now();
    setInterval(() => this.tick(), TICK);
    addEventListener("online", () => this.wake());
    addEventListener("offline", () => this.check());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.wake();
    });
    addEventListener("pageshow", (event) => event.persisted && this.open());
    addEventListener("pagehide", () => this.close("offline", { type: "bye", soon: true }));
  }

  open() {
    this.drop();
    this.set("connecting");
    let socket;
    try {
      socket = new WebSocket(this.url, "puente.1");
    } catch {
      return this.retry();
    }
    this.socket = socket;
    this.deadline = setTimeout(() => this.lose(), WELCOME_WITHIN);
    socket.onopen = () => this.send(this.hello());
    socket.onmessage = (event) => this.hear(event.data);
    socket.onclose = (event) => this.lose(event);
  }

  /** Sends a message. False if there is no connection. */
  send(message) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  close(state, bye = { type: "bye" }) {
    this.send(bye);
    this.drop();
    this.set(state);
  }

  /** Dials at once if there is no connection, and asks for a sign of life if there is one. */
  wake() {
    if (this.state === "offline") {
      this.attempt = 0;
      this.open();
    } else if (this.state === "online") this.check();
  }

  /** Gives the connection up unless something arrives soon. */
  check() {
    if (this.state !== "online" || this.answer) return;
    this.send(this.probe());
    this.answer = setTimeout(() => this.reopen(), ANSWER_WITHIN);
  }

  reopen() {
    this.attempt = 0;
    this.open();
  }

  hear(data) {
    this.heardAt = Date.now();
    clearTimeout(this.answer);
    this.answer = null;
    const message = JSON.parse(data);
    if (message.type === "welcome") {
      clearTimeout(this.deadline);
      this.welcomedAt = Date.now();
      this.set("online");
    }
    this.onMessage(message);
  }

  /** The server has answered `hello` without a welcome: it is there, and waits for another one. */
  isAnswered() {
    clearTimeout(this.deadline);
  }

  lose(event) {
    if (event?.code === 1008) return this.close("closed"), this.onState("closed", event.reason);
    if (this.state === "online" && Date.now() - this.welcomedAt > LASTING) this.attempt = 0;
    this.retry();
  }

  retry() {
    this.drop();
    const delay = delayBefore(this.attempt);
    this.attempt += 1;
    this.retryAt = Date.now() + delay;
    this.timer = setTimeout(() => this.open(), delay);
    this.set("offline");
  }

  drop() {
    for (const timer of [this.timer, this.deadline, this.answer]) clearTimeout(timer);
    this.answer = null;
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** A clock that jumped means sleep: the other end has long given us up, whatever the socket says. */
  tick() {
    const now = Date.now();
    // Timers of a hidden page run once a minute.
    const allowed = document.visibilityState === "visible" ? ASLEEP : 4 * ASLEEP;
    const hasSlept = now - this.tickAt - TICK > allowed;
    this.tickAt = now;
    if (hasSlept && this.state !== "closed") this.reopen();
  }

  set(state) {
    if (this.state === state) return;
    this.state = state;
    this.onState(state);
  }
}
