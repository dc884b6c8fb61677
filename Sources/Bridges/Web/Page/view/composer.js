// The field one writes in.

import { chat, isOwn } from "../connection/chat.js";
import { lines } from "../connection/outbox.js";
import { forget, read, write } from "../connection/storage.js";
import { isSecret, readLine } from "../core/commands.js";
import { completionsOf } from "../core/names.js";
import { tell } from "../words/words.js";
import { byId, listen } from "./dom.js";

const field = byId("composer");
let obey;
let answered;
let completion;
let isComposing = false;

/** `obey(line, reply)` does what a line says. */
export function start(obedient) {
	obey = obedient;
	listen(field, "compositionstart", () => (isComposing = true));
	listen(field, "compositionend", () => (isComposing = false));
	listen(field, "input", changed);
	listen(field, "keydown", pressed);
	listen("compose", "submit", (event) => {
		event.preventDefault();
		submit();
		field.focus();
	});
	listen("answer-drop", "click", () => answer());
	listen(window, "resize", grow);
}

export const focus = () => field.focus();

/** Another room is shown: its draft comes back. */
export function open() {
	setAnswered();
	setText(read(`draft:${chat.current.name}`, ""));
	label();
}

export function label() {
	field.placeholder = field.ariaLabel = tell("write", chat.current.title);
}

/** Answers a message, or none. */
export function answer(event) {
	setAnswered(event);
	field.focus();
}

function setAnswered(event) {
	answered = event;
	byId("answer").hidden = !event;
	byId("answer-name").textContent = event ? tell("answering", event.from) : "";
	byId("answer-text").textContent = event?.text.slice(0, 200) ?? "";
}

function setText(text) {
	field.value = text;
	changed();
}

function changed() {
	const text = field.value;
	const key = `draft:${chat.current.name}`;
	completion = null;
	if (text.trim() === "" || isSecret(text)) forget(key);
	else write(key, text);
	byId("send").disabled = text.trim() === "";
	grow();
}

/** Grows with the text, to a third of what is seen of the window. */
function grow() {
	field.style.height = "auto";
	field.style.height = `${Math.min(field.scrollHeight, visualViewport.height / 3)}px`;
}

function pressed(event) {
	const { key, shiftKey, altKey, ctrlKey, metaKey } = event;
	// 229 is the code of keys that belong to an input method.
	if (event.isComposing || isComposing || event.keyCode === 229 || altKey || ctrlKey || metaKey) return;
	if (key === "Enter" && !shiftKey) submit();
	else if (key === "Escape" && answered) setAnswered();
	else if (key === "ArrowUp" && field.value === "") setText(lastText());
	else if (key !== "Tab" || shiftKey || !complete()) return;
	event.preventDefault();
}

function submit() {
	const text = field.value;
	if (text.trim() === "") return;
	const { name, timeline } = chat.current;
	const reply = answered?.number;
	const line = readLine(text, { room: name, names: names(), events: timeline.events });
	setAnswered();
	// What was not understood stays to be corrected, unless it is a password.
	if (!line.error || isSecret(text)) setText("");
	obey(line, reply);
}

/** One's last text here, those on their way included. */
function lastText() {
	const { title, timeline } = chat.current;
	const waiting = lines.findLast((line) => (line.to ?? line.room) === title);
	return (waiting ?? timeline.events.findLast((event) => event.type === "message" && isOwn(event)))?.text ?? "";
}

/** Those who are here, and those who spoke. */
function names() {
	const { people, timeline } = chat.current;
	const spoke = timeline.events.slice(-500).map((event) => event.from);
	return [...new Set([...(people?.keys() ?? []), ...spoke])].filter(Boolean);
}

/** Completes a name, or goes on to the next one that fits. False if none does. */
function complete() {
	completion ??= completionsOf(field.value, field.selectionStart, names().filter((name) => name !== chat.name));
	if (!completion || field.selectionStart !== field.selectionEnd) return false;
	const { start, names: [name, ...others] } = completion;
	field.setRangeText(name, start, field.selectionStart, "end");
	changed();
	completion = { start, names: [...others, name] };
	return true;
}
