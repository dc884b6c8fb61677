// The lists at the sides.

import { chat, enteredNames, isOwn, leaveRoom } from "../connection/chat.js";
import { emit } from "../connection/topics.js";
import { tell, words } from "../words/words.js";
import { byId, el, iconButton, listen, nameOf } from "./dom.js";

listen("chat", "click", ({ target }) => {
	const { room, leave, person } = target.closest("[data-room], [data-leave], [data-person]")?.dataset ?? {};
	if (room) emit("open", room);
	if (leave) leaveRoom(leave);
	if (person) emit("open", `@${person}`);
});

export function updateSidebar() {
	const rooms = [...chat.rooms.values()];
	const privates = rooms.filter((room) => room.isPrivate);
	const { isPrivate, title, people: known } = chat.current;
	const people = (isPrivate ? [{ name: title }, { name: chat.name }] : [...(known?.values() ?? [])]).sort((a, b) => a.name.localeCompare(b.name));
	fill("room-list", rooms.filter((room) => !room.isPrivate).map(roomItem));
	fill("private-list", privates.map(roomItem));
	fill("people-list", people.map(personItem));
	byId("privates").hidden = privates.length === 0;
	byId("people-count").textContent = people.length || "";
	byId("me").textContent = chat.name;
}

function roomItem(room) {
	const { name, title, isPrivate, isEntered } = room;
	const unread = room.unread(isOwn);
	const mayLeave = isEntered && (isPrivate || enteredNames().length > 1);
	return el("li", null,
		el(isEntered ? "button.room" : "button.room.outside", {
			"data-room": name,
			"aria-current": room === chat.current && "true",
		}, nameOf(title),
		unread > 0 && el("span.unread", null, unread > 99 ? "99+" : unread)),
		mayLeave && iconButton("leave", "close", tell("leave", title), { "data-leave": name }));
}

function personItem({ name, bridge }) {
	const disabled = name === chat.name;
	return el("li", null, el("button.person", { "data-person": name, disabled },
		nameOf(name.replace(/ \([^()]*\)$/, "")), el("small", null, disabled ? words.you : bridge)));
}

function fill(id, items) {
	const list = byId(id);
	const { room, person } = list.contains(document.activeElement) ? document.activeElement.dataset : {};
	list.replaceChildren(...items);
	const isSame = ({ dataset }) => dataset.room === room && dataset.person === person;
	if (room || person) [...list.querySelectorAll("button")].find(isSame)?.focus();
}
