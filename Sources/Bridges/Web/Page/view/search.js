// Looking for words in the room that is shown.

import { fullTimeOf, words } from "../words/words.js";
import { byId, el, nameOf } from "./dom.js";

export class Search {
  constructor(client, { reveal }) {
    Object.assign(this, { client, reveal });
    byId("search-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const query = byId("search").value.trim();
      if (query) this.start(query);
      else this.hide();
    });
    byId("results-close").addEventListener("click", () => this.hide());
    byId("search").addEventListener("keydown", (event) => event.key === "Escape" && this.hide());
    byId("results-list").addEventListener("click", (event) => {
      const number = event.target.closest(".found")?.value;
      if (!number) return;
      this.hide();
      this.reveal(this.room, Number(number));
    });
  }

  start(query) {
    this.query = query;
    this.room = this.client.current;
    byId("search").value = query;
    byId("results").hidden = false;
    byId("results-title").textContent = words.searching;
    byId("results-list").replaceChildren();
    if (!this.client.send({ type: "search", words: query, room: this.room.name })) byId("results-title").textContent = words.offline;
  }

  show({ messages }) {
    byId("results-title").textContent = words.found(messages.length, this.query);
    byId("results-list").replaceChildren(...messages.map(({ number, from, time, text }) =>
      el("li", {}, el("button.found", { type: "button", value: String(number) },
        el("span", {}, nameOf(from, "b"), " ", el("time", { dateTime: new Date(time).toISOString() }, fullTimeOf(time))),
        el("span.text", { dir: "auto" }, text)))));
    byId("results-list").querySelector("button")?.focus();
  }

  hide() {
    byId("results").hidden = true;
    byId("search").value = "";
  }
}
