// The field one writes in.

import { chat, isOwn } from "../connection/chat.js";
import { forget, read, write } from "../connection/storage.js";
import { emit } from "../connection/topics.js";
import { isSecret, readLine } from "../core/commands.js";
import { completionsOf } from "../core/names.js";
import { tell } from "../words/words.js";
import { byId, listen } from "./dom.js";

const field = byId("composer");
let answered;
let completion;

listen(field, "input", changed);
listen(field, "keydown", pressed);
listen("compose", "submit", (event) => {
	event.preventDefault();
	submit();
	focus();
});
listen("answer-drop", "click", () => answer());
listen(window, "resize", grow);

export const focus = () => field.focus();

export function open() {
	setAnswered();
	setText(read(`draft:${chat.current.name}`, ""));
	label();
}

export function label() {
	field.placeholder = field.ariaLabel = tell("write", chat.current.title);
}

export function answer(event) {
	setAnswered(event);
	focus();
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
	const isEmpty = text.trim() === "";
	completion = null;
	if (isEmpty || isSecret(text)) forget(key);
	else write(key, text);
	byId("send").disabled = isEmpty;
	grow();
}

function grow() {
	field.style.height = "auto";
	field.style.height = `${Math.min(field.scrollHeight, visualViewport.height / 3)}px`;
}

function pressed(event) {
	const { key, shiftKey } = event;
	// 229 is the code of keys that belong to an input method.
	if (event.isComposing || event.keyCode === 229 || event.altKey || event.ctrlKey || event.metaKey) return;
	if (key === "Enter" && !shiftKey) submit();
	else if (key === "Escape" && answered) setAnswered();
	else if (key === "ArrowUp" && field.value === "") setText(lastText());
	else if (key !== "Tab" || shiftKey || !complete()) return;
	event.preventDefault();
}

function submit() {
	const text = field.value;
	if (text.trim() === "") return;
	const reply = answered?.number;
	const line = readLine(text, chat.name, names(), chat.current.timeline.events);
	setAnswered();
	// What was not understood stays to be corrected, unless it is a password.
	if (!line.error || isSecret(text)) setText("");
	emit("line", { reply, ...line });
}

function lastText() {
	return chat.current.timeline.events.findLast((event) => event.type === "message" && isOwn(event))?.text ?? "";
}

function names() {
	const { people, timeline } = chat.current;
	const spoke = timeline.events.slice(-500).map((event) => event.from);
	return [...new Set([...(people?.keys() ?? []), ...spoke])].filter(Boolean);
}

function complete() {
	completion ??= completionsOf(field.value, field.selectionStart, names().filter((name) => name !== chat.name));
	if (!completion || field.selectionStart !== field.selectionEnd) return false;
	const { start, names: [name, ...others] } = completion;
	field.setRangeText(name, start, field.selectionStart, "end");
	changed();
	completion = { start, names: [...others, name] };
	return true;
}
