// The field one writes in.

import { isSecret, readLine } from "../core/commands.js";
import { completionsOf, lengthOf } from "../core/names.js";
import { forget, read, write } from "../connection/storage.js";
import { words } from "../words/words.js";
import { byId } from "./dom.js";

export class Composer {
  /** `obey(line)` does what a line says; `recall()` returns one's last text here. */
  constructor({ client, obey, recall }) {
    Object.assign(this, { client, obey, recall });
    this.field = byId("composer");
    this.answer = null;
    this.completion = null;
    this.isComposing = false;
    const { field } = this;
    field.addEventListener("compositionstart", () => (this.isComposing = true));
    field.addEventListener("compositionend", () => (this.isComposing = false));
    field.addEventListener("input", () => this.changed());
    field.addEventListener("keydown", (event) => this.pressed(event));
    byId("compose").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
      field.focus();
    });
    byId("answer-drop").addEventListener("click", () => {
      this.setAnswer(null);
      field.focus();
    });
    addEventListener("resize", () => this.grow());
  }

  /** Another room is shown: its draft comes back. */
  open(room) {
    this.room = room.name;
    this.setAnswer(null);
    this.set(read(`draft:${room.name}`, ""));
    this.relabel();
  }

  relabel() {
    const label = words.write(this.client.current.title);
    this.field.placeholder = this.client.socket.state === "online" ? label : words.writeWaiting;
    this.field.setAttribute("aria-label", label);
    this.setAnswer(this.answer);
  }

  set(text) {
    this.field.value = text;
    this.field.setSelectionRange(text.length, text.length);
    this.changed();
  }

  changed() {
    const text = this.field.value;
    this.completion = null;
    // A password on its way is nothing to be found in the browser's storage later.
    if (text.trim() === "" || isSecret(text)) forget(`draft:${this.room}`);
    else write(`draft:${this.room}`, text);
    byId("send").disabled = text.trim() === "";
    this.grow();
    this.count(text);
  }

  /** Grows with the text, to a third of the window. */
  grow() {
    const { style } = this.field;
    style.height = "auto";
    const most = (visualViewport?.height ?? innerHeight) / 3;
    style.height = `${Math.min(this.field.scrollHeight, most)}px`;
    style.overflowY = this.field.scrollHeight > most ? "auto" : "hidden";
  }

  count(text) {
    const near = text.length > this.client.limit * 0.9;
    const left = near ? this.client.limit - lengthOf(text) : Infinity;
    const counter = byId("count");
    counter.textContent = left === Infinity ? "" : left < 0 ? words.tooLong(-left) : words.left_(left);
    counter.classList.toggle("over", left < 0);
    this.isTooLong = left < 0;
  }

  setAnswer(event) {
    this.answer = event;
    byId("answer").hidden = !event;
    if (!event) return;
    byId("answer-name").textContent = words.answering(event.from);
    byId("answer-text").textContent = event.text.slice(0, 200);
  }

  pressed(event) {
    // 229 is what browsers report for keys that belong to an input method.
    if (event.isComposing || this.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && this.answer) {
      event.preventDefault();
      this.setAnswer(null);
    } else if (event.key === "ArrowUp" && this.field.value === "") {
      const text = this.recall();
      if (text) {
        event.preventDefault();
        this.set(text);
      }
    } else if (event.key === "Tab" && !event.shiftKey && !event.altKey && !event.ctrlKey) {
      if (this.complete()) event.preventDefault();
    }
  }

  submit() {
    const text = this.field.value;
    if (text.trim() === "" || this.isTooLong) return;
    const { answer } = this;
    const line = readLine(text, this.context());
    this.setAnswer(null);
    // What was not understood stays, to be corrected; a password does not.
    if (!line.error || isSecret(text)) this.set("");
    this.obey(line, answer?.number);
  }

  context() {
    const { current } = this.client;
    const spoken = current.timeline.events.slice(-500).map((event) => event.from);
    const names = [...new Set([...(current.people?.keys() ?? []), ...spoken])].filter(Boolean);
    return { room: current.name, names, lastFrom: (name) => current.timeline.lastFrom(name) };
  }

  /** Completes a name, and goes to the next that fits if pressed again. */
  complete() {
    const { field } = this;
    if (field.selectionStart !== field.selectionEnd) return false;
    if (this.completion) this.completion.index += 1;
    else {
      const names = this.context().names.filter((name) => name !== this.client.name);
      const found = completionsOf(field.value, field.selectionStart, names);
      if (!found) return false;
      this.completion = { ...found, end: field.selectionStart, index: 0 };
    }
    const { completion } = this;
    const name = completion.names[completion.index % completion.names.length];
    field.setRangeText(name, completion.start, completion.end, "end");
    this.changed();
    this.completion = { ...completion, end: completion.start + name.length };
    return true;
  }
}
