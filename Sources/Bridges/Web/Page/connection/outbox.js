// Lines that were typed and not confirmed yet. They survive a reload, and all tabs see them.
//
// Each line belongs to the tab it was typed in, which alone sends it: one at a time, so that their
// order holds. Lines of a tab that is gone are adopted by another. If two tabs ever send one line,
// its id makes the server say it once.

import { forget, randomWord, read, readAll, watch, write } from "./storage.js";

/** How many ids of one's own lines are remembered, to know them again in the history. */
const REMEMBERED = 500;
/** How long the owner of a line may take to answer the roll-call. */
const ROLL_CALL = 600;
/** Tries for a line that waited while one was offline and then came too fast for the server. */
const TRIES = 8;

export class Outbox {
  /** `send(line)` gives a line to the server, false if there is none; `changed()` is told. */
  constructor({ send, changed }) {
    Object.assign(this, { send, changed });
    this.tab = claimTab();
    this.flying = null;
    this.tries = 0;
    this.isOpen = false;
    this.sent = new Set(read("sent", []));
    this.lines = storedLines();
    watch("line:", () => this.reload());
    watch("sent", () => (this.sent = new Set(read("sent", []))));
    this.callRoll();
  }

  /** Puts a line at the end. `target` is `{ room }` or `{ to }`. */
  add(target, text, reply) {
    const id = randomWord(15);
    this.sent.add(id);
    write("sent", [...this.sent].slice(-REMEMBERED));
    const order = Math.max(Date.now(), (this.lines.at(-1)?.order ?? 0) + 1);
    this.put({ id, ...target, text, reply: reply ?? undefined, tab: this.tab, time: Date.now(), order });
  }

  has(id) {
    return this.lines.some((line) => line.id === id);
  }

  /** The server takes lines from now on; what was on its way is sent again, with its id. */
  open() {
    this.isOpen = true;
    this.flying = null;
    this.pump();
  }

  shut() {
    this.isOpen = false;
    this.flying = null;
    clearTimeout(this.timer);
    this.timer = null;
    for (const line of this.lines) if (line.tab === this.tab) this.put({ ...line, isLate: true });
  }

  /** The line has been said. */
  confirm(id) {
    if (this.flying === id) this.flying = null;
    if (!this.has(id)) return;
    this.tries = 0;
    this.remove(id);
  }

  /** The line has been refused. What waited for a connection gives a rate limit time to pass. */
  refuse(id, code, text) {
    if (this.flying === id) this.flying = null;
    const line = this.lines.find((line) => line.id === id);
    if (!line) return;
    if (code === "rate-limited" && line.isLate && this.tries < TRIES) {
      this.tries += 1;
      this.timer = setTimeout(() => ((this.timer = null), this.pump()), 1000 * this.tries);
      return;
    }
    this.tries = 0;
    this.put({ ...line, refused: text || code });
  }

  retry(line) {
    this.put({ ...line, refused: undefined, tab: this.tab });
  }

  remove(id) {
    forget(`line:${id}`);
    this.reload();
  }

  /** Each line has a key of its own: two tabs that write at once do not undo each other's. */
  put(line) {
    write(`line:${line.id}`, line);
    this.reload();
  }

  reload() {
    this.lines = storedLines();
    this.changed();
    this.pump();
  }

  pump() {
    if (!this.isOpen || this.flying || this.timer) return;
    const next = this.lines.find((line) => line.tab === this.tab && !line.refused);
    if (next && this.send(next)) this.flying = next.id;
  }

  /** Asks which tabs are there, and adopts the lines of those that do not answer. */
  callRoll() {
    const present = new Set([this.tab]);
    const channel = new BroadcastChannel(`puente:${new URL(".", location.href).pathname}`);
    channel.onmessage = ({ data }) => {
      if (data.present) present.add(data.present);
      else channel.postMessage({ present: this.tab });
    };
    channel.postMessage({ roll: true });
    setTimeout(() => {
      for (const line of this.lines) {
        if (!present.has(line.tab)) this.put({ ...line, tab: this.tab, isLate: true });
      }
    }, ROLL_CALL);
  }
}

/**
 * This tab's id. It is put away while the page is shown, so that a duplicated tab does not get it,
 * and laid out again for a reload.
 */
function claimTab() {
  let tab;
  try {
    tab = sessionStorage.getItem("puente:tab");
    sessionStorage.removeItem("puente:tab");
  } catch {
    // No storage: an id for this page alone.
  }
  tab ??= randomWord(9);
  const lay = () => {
    try {
      sessionStorage.setItem("puente:tab", tab);
    } catch {
      // As above.
    }
  };
  addEventListener("pagehide", lay);
  return tab;
}

function storedLines() {
  return readAll("line:").sort((a, b) => a.order - b.order);
}
