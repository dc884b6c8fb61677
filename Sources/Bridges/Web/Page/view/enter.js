// The form to enter.

import { chat, enter } from "../connection/chat.js";
import { tell } from "../words/words.js";
import { focus } from "./composer.js";
import { byId, listen } from "./dom.js";

const form = byId("enter");
const { name, password } = form.elements;

name.value = chat.name ?? "";
show(!chat.name);
listen(form, "submit", (event) => {
	event.preventDefault();
	complain("");
	enter(name.value.trim(), password.value);
});

export function show(isWanted) {
	const { dataset } = document.body;
	const view = isWanted ? "enter" : "chat";
	if (dataset.view === view) return;
	dataset.view = view;
	byId("chat").inert = isWanted;
	byId("entrance").hidden = !isWanted;
	password.value = "";
	if (isWanted) name.focus();
	else focus();
}

export function describe({ instance, accounts }) {
	byId("invitation").textContent = tell("invitation", instance);
	if (accounts === "required") byId("password-row").hidden = false;
}

export function refuse({ code, text }) {
	show(true);
	const needsPassword = code.startsWith("login");
	if (needsPassword) byId("password-row").hidden = false;
	// The first refusal may come before anything was typed.
	if (name.value === "") return;
	complain(text);
	(needsPassword ? password : name).focus();
}

export function complain(text) {
	form.querySelector("[role=alert]").textContent = text;
}
