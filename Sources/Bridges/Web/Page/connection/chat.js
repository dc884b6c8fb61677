// The chat as the server tells it.

import { isMentioned } from "../core/names.js";
import { Room } from "../core/room.js";
import { words } from "../words/words.js";
import { addLine, openOutbox, refuseLine, removeLine, shutOutbox, wasSentHere } from "./outbox.js";
import * as socket from "./socket.js";
import { forget, randomWord, read, watch, write } from "./storage.js";
import { emit, on } from "./topics.js";

const PAGE = 100; // messages of history at once
const SEEN_EVERY = 2_000; // ms between telling the server how far one has read

const rooms = new Map();
let isWelcome = false;
let entering;

export const chat = { name: read("name"), rooms, instance: document.title, current: new Room("", null) };

const allRooms = () => [...rooms.values()];
export const isOwn = ({ id, from }) => wasSentHere(id) || Boolean(chat.role && from === chat.name);
export const isMention = (event) => !isOwn(event) && isMentioned(event.text, chat.name);
export const unreadInAll = () => allRooms().reduce((sum, room) => sum + room.unread(isOwn), 0);
export const { send } = socket;

export function startChat() {
	on("state", () => {
		if (socket.state === "online") return;
		shutOutbox();
		for (const room of allRooms()) room.loading = null;
	});
	// What another tab enters or leaves, the person of this session does.
	watch("rooms", () => {
		const names = read("rooms", []);
		for (const room of allRooms()) if (!room.isPrivate && !names.includes(room.name)) room.forget();
		names.map(roomOf).forEach(enterRoom);
		emit("rooms");
	});
	socket.start({ hello, hear, question: () => ({ type: "people", room: chat.current.name }) });
}

function roomOf(name) {
	if (!rooms.has(name)) rooms.set(name, new Room(name, read("seen")?.[name] ?? (name.startsWith("@") ? 0 : null)));
	return rooms.get(name);
}

export const enteredNames = () => allRooms().filter((room) => room.isEntered && !room.isPrivate).map((room) => room.name);
const ownRooms = () => (isWelcome ? enteredNames() : read("rooms", []));

export function openRoom(name) {
	const room = roomOf(name);
	enterRoom(room);
	chat.current.leftOff = null;
	chat.current = room;
	drawLine(room);
	sessionStorage.setItem("puente:room", name);
	if (room.timeline.gaps[0]?.before === Infinity) fetchGap(room, room.timeline.gaps[0]);
	if (!room.people && !room.isPrivate) send({ type: "people", room: name });
	emit("opened");
}

function enterRoom(room) {
	if (!room.isEntered) send({ type: "enter", room: room.name });
	setEntered(room);
}

function setEntered(room) {
	if (room.isEntered) return;
	room.isEntered = true;
	write("rooms", enteredNames());
}

export function leaveRoom(name) {
	const room = roomOf(name);
	if (room.isPrivate) rooms.delete(name);
	else {
		send({ type: "leave", room: name });
		room.forget();
		write("rooms", enteredNames());
	}
	if (chat.current === room) openRoom(enteredNames()[0] ?? name);
	else emit("rooms");
}

export function drawLine(room) {
	room.leftOff = room.unread(isOwn) > 0 ? room.seen : null;
}

export function markSeen(room) {
	const number = Math.floor(room.timeline.last);
	if (!isWelcome || number <= (room.seen ?? -1)) return;
	room.seen = number;
	write("seen", { ...read("seen"), [room.name]: number });
	room.timer ??= setTimeout(() => {
		room.timer = null;
		if (!room.isPrivate) send({ type: "seen", room: room.name, number: room.seen });
	}, SEEN_EVERY);
	emit("rooms");
}

export function say(text, reply) {
	const { name, isPrivate, title } = chat.current;
	chat.current.leftOff = null;
	addLine(isPrivate ? { to: title } : { room: name }, text, reply);
}

export const command = (fields) =>
	send({ ...fields, name: fields.name ?? chat.name, room: chat.current.isPrivate ? undefined : chat.current.name });

const deliver = ({ id, room, to, text, reply }) =>
	send(to ? { type: "whisper", to, text, id } : { type: "say", room: room || chat.current.name, text, id, reply });

export function note(text, fields = { type: "note", text }, room = chat.current) {
	room.timeline.addNote(fields);
	emit("log");
}

export function enter(name, password) {
	entering = { name, password: password || undefined };
	if (!send(hello())) socket.dial();
}

export function quit() {
	socket.close("closed");
	["name", "session", "rooms"].forEach(forget);
	sessionStorage.removeItem("puente:room");
	location.reload();
}

function hello() {
	if (!read("session")) write("session", randomWord(32));
	return {
		type: "hello",
		session: read("session"),
		name: chat.name ?? undefined,
		...entering,
		rooms: Object.fromEntries(ownRooms().map((name) => [name, rooms.get(name)?.timeline.last || null])),
		// From 0, those of a day come again after a reload.
		whispers: Math.max(0, ...allRooms().map((room) => (room.isPrivate ? room.timeline.last : 0))),
		language: document.documentElement.lang,
	};
}

function welcome(message) {
	const isFirst = !isWelcome;
	const { name, instance, role, run } = message;
	// Numbers begin anew where nothing is kept.
	const isAnew = !message.isStored && run !== chat.run;
	Object.assign(chat, { instance, role, run });
	entering = null;
	emit("welcome", message);
	if (!name) return;
	const listed = message.rooms.map((room) => room.name);
	const entered = ownRooms().filter((room) => listed.includes(room));
	if (entered.length === 0) entered.push(...listed.slice(0, 1));
	isWelcome = true;
	rename(name);
	closeAllBut(listed);
	if (isAnew) for (const room of allRooms()) room.timeline.clear();
	for (const { name: title, last, seen, isLost } of message.rooms) {
		const room = roomOf(title);
		room.seen = Math.min(last, Math.max(room.seen ?? seen ?? last, seen ?? 0));
		if (isLost) room.timeline.clear();
		if (!entered.includes(title)) continue;
		setEntered(room);
		room.timeline.begin(last);
		// How many are unread shows in the last page only.
		if (isFirst && room.seen < last) fetchGap(room, room.timeline.gaps[0]);
		send({ type: "people", room: title });
	}
	write("rooms", enteredNames());
	openOutbox(deliver);
	if (isFirst || isAnew) openRoom(sessionStorage.getItem("puente:room") ?? entered[0]);
}

// A closed room: its people are in the first one.
function closeAllBut(listed) {
	for (const room of allRooms()) {
		if (room.isPrivate || listed.includes(room.name)) continue;
		room.forget();
		rooms.delete(room.name);
		if (chat.current === room && listed.length > 0) openRoom(listed[0]);
	}
}

function rename(name) {
	chat.name = name;
	write("name", name);
	emit("rooms");
}

const hearers = {
	welcome, whisper: hearWhisper, history: hearHistory, ok: hearAnswer, refused: hearAnswer,
	search: (message) => emit("found", message.messages),
	skipped: ({ room, count }) => note("", { type: "skipped", count }, roomOf(room)),
	people({ room, people }) {
		roomOf(room).people = new Map(people.map((person) => [person.name, person]));
		emit("rooms");
	},
};

const isEvent = ({ type }) => /^(message|edit|delete|join|leave|rename)$/.test(type);
const hear = (message) => (isEvent(message) ? hearEvent(message) : hearers[message.type]?.(message));

function hearEvent(event) {
	const { type, from, to } = event;
	const room = roomOf(event.room);
	room.follow(event);
	if (from === chat.name && type === "rename") rename(to);
	if (from === chat.name && type === "join") setEntered(room);
	add(room, event);
}

function hearWhisper(whisper) {
	const isMine = whisper.from === chat.name || wasSentHere(whisper.id);
	add(roomOf(`@${isMine ? whisper.to : whisper.from}`), { ...whisper, type: "message" });
}

function add(room, event) {
	const isNews = room.timeline.add(event);
	if (event.id) removeLine(event.id);
	if (isNews && event.type === "message" && !isOwn(event)) emit("live", { room, event });
	emit("log");
}

function hearAnswer({ type, id, of, code, text }) {
	const isOk = type === "ok";
	// A room that one was in is gone since.
	if (of === "hello" && code === "unknown-room") {
		closeAllBut([]);
		forget("rooms");
		return send(hello());
	}
	if (id) return isOk ? removeLine(id) : refuseLine(id, code, text);
	if (!isOk && (of === "hello" || (!isWelcome && of !== "people"))) {
		isWelcome = false;
		entering = null;
		return emit("refused", { code, text });
	}
	// Not at once: what is asked for too often is refused too.
	if (of === "history") return setTimeout(endHistory, 2_000);
	if (text && of !== "people" && of !== "seen") note(text);
}

export function fetchGap(room, { after, before }, isFromOlder) {
	// 200 numbers hold at most 200 texts.
	if (isFromOlder) fetchHistory(room, Math.min(before, after + 201), 200);
	else fetchHistory(room, before, PAGE);
}

function fetchHistory(room, before, count) {
	if (room.loading) return;
	const place = room.isPrivate ? { with: room.title } : { room: room.name };
	if (send({ type: "history", ...place, count, before: before < Infinity ? before : undefined })) room.loading = { before };
	emit("log");
}

function hearHistory({ room: name, with: person, messages, isComplete }) {
	const room = roomOf(name ?? `@${person}`);
	const texts = messages.map((event) => ({ ...event, type: event.type === "edit" ? "edit" : "message" }));
	room.timeline.addHistory(texts, room.loading?.before ?? Infinity, isComplete);
	room.loading = null;
	if (room.leftOff === null) drawLine(room);
	emit("log");
	if (room.wanted) reveal(room, room.wanted.number, room.wanted.isAsked);
}

function endHistory() {
	for (const room of allRooms()) {
		if (room.loading && room.isPrivate) room.timeline.cover(0, Infinity);
		room.loading = null;
	}
	emit("log");
}

export function reveal(room, number, isAsked) {
	room.wanted = null;
	if (chat.current !== room) openRoom(room.name);
	if (room.timeline.find(number)) return emit("reveal", number);
	if (isAsked) return note(words["unknown-message"]);
	room.wanted = { number, isAsked: !room.loading };
	fetchHistory(room, number + PAGE, 2 * PAGE);
}
