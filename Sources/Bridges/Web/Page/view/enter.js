// The first thing one sees: a name, and a password where it is needed.

import { chat, enter } from "../connection/chat.js";
import { tell, words } from "../words/words.js";
import { byId, listen } from "./dom.js";

const form = byId("enter");
const { password } = form;
// Not `form.name`, which is an attribute of the form.
const name = form.elements.name;

export const isShown = () => !byId("entrance").hidden;

export function start() {
	name.value = chat.name ?? "";
	listen(form, "submit", (event) => {
		event.preventDefault();
		complain("");
		enter(name.value.trim(), password.value);
	});
	show(!chat.name);
}

export function show(isWanted) {
	const { body } = document;
	const view = isWanted ? "enter" : "chat";
	if (body.dataset.view === view) return;
	body.dataset.view = view;
	byId("chat").inert = isWanted;
	byId("entrance").hidden = !isWanted;
	password.value = "";
	if (isWanted) name.focus();
}

/** Says where one is. */
export function describe({ instance, accounts, rooms: [room] }) {
	byId("invitation").textContent = tell(accounts === "required" ? "required" : "invitation", instance);
	byId("present").textContent = room ? tell("present", room.people, room.name) : "";
	if (accounts === "required") byId("password-row").hidden = false;
}

export function refuse({ code, text }) {
	show(true);
	const needsPassword = code === "login-required" || code === "login-failed";
	if (needsPassword) byId("password-row").hidden = false;
	// Where a password is always needed, the first refusal comes before anything was typed.
	if (name.value === "") return;
	complain(words[code] ?? text);
	(needsPassword ? password : name).focus();
}

export function complain(text) {
	form.querySelector("[role=alert]").textContent = text;
}
