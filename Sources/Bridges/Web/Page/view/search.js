// Looking for words in the room that is shown.

import { chat, reveal, send } from "../connection/chat.js";
import { dateOf, words } from "../words/words.js";
import { byId, el, listen, nameOf, timeOf } from "./dom.js";

let room;
let query = "";

export function startSearch() {
	listen("search-form", "submit", (event) => {
		event.preventDefault();
		search(byId("search").value.trim());
	});
	listen("search", "keydown", ({ key }) => key === "Escape" && hideFound());
	listen("results-close", "click", hideFound);
	listen("found", "click", ({ target }) => {
		const number = target.closest(".found")?.value;
		if (!number) return;
		hideFound();
		reveal(room, Number(number));
	});
}

export function search(wanted) {
	if (!wanted) return hideFound();
	query = wanted;
	room = chat.current;
	byId("results").hidden = false;
	byId("found").replaceChildren();
	const isAsked = send({ type: "search", words: query, room: room.name });
	byId("results-title").textContent = isAsked ? words.searching : words.offline;
}

export function showFound({ messages }) {
	byId("results-title").textContent = words.found(messages.length, query);
	byId("found").replaceChildren(...messages.map(({ number, from, time, text }) =>
		el("li", null, el("button.found", { type: "button", value: `${number}` },
			el("strong", null, nameOf(from)), timeOf(time, "", dateOf(time)), el("span.text", { dir: "auto" }, text)))));
	byId("found").querySelector("button")?.focus();
}

export function hideFound() {
	byId("results").hidden = true;
	byId("search").value = "";
}
