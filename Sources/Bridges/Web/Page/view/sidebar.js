// The lists at the sides: rooms, private conversations, people.

import { chat, enteredNames, isOwn, leaveRoom } from "../connection/chat.js";
import { words } from "../words/words.js";
import { byId, el, iconButton, listen, nameOf } from "./dom.js";

/** `open(name)` shows a room. */
export function startSidebar(open) {
	listen("rooms", "click", ({ target }) => {
		const { room, leave } = target.closest("[data-room], [data-leave]")?.dataset ?? {};
		if (room) open(room);
		if (leave) leaveRoom(leave);
	});
	listen("people", "click", ({ target }) => {
		const person = target.closest("[data-person]")?.dataset.person;
		if (person) open(`@${person}`);
	});
}

export function updateSidebar() {
	const byTitle = (a, b) => a.title.localeCompare(b.title);
	const rooms = [...chat.rooms.values()];
	const privates = rooms.filter((room) => room.isPrivate).sort(byTitle);
	const people = [...(chat.current.people?.values() ?? [])].sort((a, b) => a.name.localeCompare(b.name));
	fill("room-list", rooms.filter((room) => !room.isPrivate).map(roomItem));
	fill("private-list", privates.map(roomItem));
	fill("people-list", people.map(personItem));
	byId("privates").hidden = privates.length === 0;
	byId("people-count").textContent = people.length || "";
	byId("me").textContent = chat.name;
}

function roomItem(room) {
	const { name, title, isPrivate, isEntered, count } = room;
	const unread = room.unread(isOwn);
	const isLeft = isEntered && (isPrivate || enteredNames().length > 1);
	return el("li", null,
		el(isEntered ? "button.room" : "button.room.outside", {
			type: "button",
			"data-room": name,
			"aria-current": room === chat.current && "true",
			title: isEntered ? title : words.enterRoom(title),
		}, nameOf(title),
		unread > 0 && el("span.unread", { title: words.unread(unread) }, unread > 99 ? "99+" : `${unread}`),
		!isEntered && count > 0 && el("span", { title: words.people(count) }, `${count}`)),
		isLeft && iconButton("leave", "close", (isPrivate ? words.closePrivate : words.leaveRoom)(title), { "data-leave": name }));
}

function personItem({ name, bridge }) {
	const isMe = name === chat.name;
	return el("li", null, el("button.person", {
		type: "button",
		"data-person": name,
		disabled: isMe,
		title: isMe ? words.you : words.talkTo(name),
	}, nameOf(name.replace(/ \([^()]*\)$/, "")), el("small", null, isMe ? words.you : bridge)));
}

/** Fills a list; the focus stays on the entry that had it. */
function fill(id, items) {
	const list = byId(id);
	const { room, person } = list.contains(document.activeElement) ? document.activeElement.dataset : {};
	list.replaceChildren(...items);
	const isSame = ({ dataset }) => dataset.room === room && dataset.person === person;
	if (room || person) [...list.querySelectorAll("button")].find(isSame)?.focus();
}
