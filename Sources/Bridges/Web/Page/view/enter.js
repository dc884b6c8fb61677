// The first thing one sees: a name, and a password where it is needed.

import { chat, enter } from "../connection/chat.js";
import { words } from "../words/words.js";
import { byId, listen } from "./dom.js";

const form = byId("enter");
const { name, password } = Object.fromEntries(["name", "password"].map((key) => [key, form.elements[key]]));
const button = form.querySelector("[type=submit]");

export const isEntering = () => !byId("entrance").hidden;

export function startEntering() {
	name.value = chat.name ?? "";
	listen(form, "submit", (event) => {
		event.preventDefault();
		complain("");
		setBusy(true);
		enter(name.value.trim(), password.value);
	});
	listen("has-password", "click", () => {
		askPassword();
		password.focus();
	});
	showEntering(!chat.name);
}

export function showEntering(isShown) {
	const { body } = document;
	const isChanged = body.dataset.view !== (isShown ? "enter" : "chat");
	body.dataset.view = isShown ? "enter" : "chat";
	byId("chat").inert = isShown;
	byId("entrance").hidden = !isShown;
	setBusy(false);
	if (isShown && isChanged) name.focus();
	if (!isShown) password.value = "";
}

/** Says where one is. */
export function describeEntrance({ instance, accounts, rooms: [room] }) {
	byId("invitation").textContent = (accounts === "required" ? words.required : words.invitation)(instance);
	byId("present").textContent = room ? words.present(room.name, room.people) : "";
	if (accounts === "required") askPassword();
}

export function refuseEntering({ code, text }) {
	const hasTried = name.value !== "";
	showEntering(true);
	if (code === "login-required" || code === "login-failed") {
		askPassword();
		if (hasTried) password.focus();
	} else name.focus();
	if (hasTried) complain(words.refusals[code] ?? text);
}

export function complain(text) {
	form.querySelector("[role=alert]").textContent = text;
	setBusy(false);
}

function askPassword() {
	byId("password-row").hidden = false;
	byId("has-password").hidden = true;
}

function setBusy(isBusy) {
	button.disabled = isBusy;
	button.textContent = isBusy ? words.entering : words.enter;
}
