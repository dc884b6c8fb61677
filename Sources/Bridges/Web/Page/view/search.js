// Looking for words in the room that is shown.

import { chat, reveal, send } from "../connection/chat.js";
import { dateOf, tell, words } from "../words/words.js";
import { byId, el, listen, nameOf, timeOf } from "./dom.js";

const field = byId("search");
const list = byId("found");
let query;

listen("search-form", "submit", (event) => {
	event.preventDefault();
	search(field.value.trim());
});
listen(field, "keydown", ({ key }) => key === "Escape" && hideFound());
listen("results-close", "click", hideFound);
listen(list, "click", ({ target }) => {
	const found = target.closest(".found");
	if (!found) return;
	hideFound();
	reveal(chat.rooms.get(found.dataset.in), Number(found.value));
});

export function search(wanted) {
	if (!wanted) return hideFound();
	query = wanted;
	const { name, isPrivate } = chat.current;
	const isAsked = send({ type: "search", words: query, room: isPrivate ? undefined : name });
	showFound([], isAsked ? words.loading : words.offline);
}

export function showFound(messages, title = tell("found", messages.length, query)) {
	byId("results").hidden = false;
	byId("results-title").textContent = title;
	list.replaceChildren(...messages.map(({ number, room, from, time, text }) =>
		el("li", null, el("button.found", { value: number, "data-in": room },
			el("strong", null, nameOf(from)), timeOf(time, "", dateOf(time)), el("span.text", { dir: "auto" }, text)))));
	list.querySelector("button")?.focus();
}

export function hideFound() {
	byId("results").hidden = true;
	field.value = "";
}
