// What is known of the chat, and what the server's messages make of it.
//
// Topics: `state` `welcome` `refused` `rooms` `log` `opened` `live` `reveal` `found`.

import { isMentioned } from "../core/names.js";
import { Room } from "../core/room.js";
import { words } from "../words/words.js";
import { addLine, openOutbox, refuseLine, removeLine, shutOutbox, wasSentHere } from "./outbox.js";
import * as socket from "./socket.js";
import { forget, read, sessionWord, tabStore, watch, write } from "./storage.js";
import { emit, on } from "./topics.js";

/** Messages in a page of history; the server gives 200 at most. */
const PAGE = 100;
/** The server is told this often how far one has read, in milliseconds. */
const SEEN_EVERY = 2_000;

const rooms = new Map();
let isWelcome = false;
let entering = null;
let seenTimer;

export const chat = { name: read("name"), instance: "", version: "", role: null, rooms, current: new Room("", null) };

export const isOwn = ({ id, from }) => wasSentHere(id) || Boolean(chat.role && from === chat.name);
export const isMention = (event) => !isOwn(event) && isMentioned(event.text, chat.name);
export const unreadInAll = () => [...rooms.values()].reduce((sum, room) => sum + room.unread(isOwn), 0);
export const mayDelete = (event) => isOwn(event) || /moderator|admin/.test(chat.role);
export const { send } = socket;

export function startChat() {
	on("state", () => {
		if (socket.state === "online") return;
		shutOutbox();
		for (const room of rooms.values()) room.loading = null;
	});
	watch("seen", () => {
		for (const [name, number] of Object.entries(read("seen", {}))) {
			const room = roomOf(name);
			room.seen = Math.max(room.seen, number);
		}
		emit("rooms");
	});
	// What another tab enters or leaves, the person of this session does.
	watch("rooms", () => {
		const names = read("rooms", []);
		for (const room of rooms.values()) room.isEntered &&= room.isPrivate || names.includes(room.name);
		names.map(roomOf).forEach(enterRoom);
		emit("rooms");
	});
	socket.start({ hello, hear, question: () => ({ type: "people", room: enteredNames()[0] ?? "" }) });
}

// Rooms

function roomOf(name) {
	if (!rooms.has(name)) rooms.set(name, new Room(name, read("seen", {})[name] ?? (name.startsWith("@") ? 0 : null)));
	return rooms.get(name);
}

export const enteredNames = () =>
	[...rooms.values()].filter((room) => room.isEntered && !room.isPrivate).map((room) => room.name);

/** Shows a room, and enters it if need be. */
export function openRoom(name) {
	const room = roomOf(name);
	enterRoom(room);
	chat.current.leftOff = null;
	chat.current = room;
	drawLine(room);
	tabStore.setItem("puente:room", name);
	if (room.timeline.gaps[0]?.before === Infinity) fetchGap(room, room.timeline.gaps[0]);
	if (!room.people && !room.isPrivate) send({ type: "people", room: name });
	emit("opened");
	emit("rooms");
}

function enterRoom(room) {
	if (!room.isEntered) send({ type: "enter", room: room.name });
	setEntered(room, true);
}

function setEntered(room, isEntered) {
	if (room.isEntered === isEntered) return;
	room.isEntered = isEntered;
	write("rooms", enteredNames());
}

/** Leaves a room, or closes a private conversation. */
export function leaveRoom(name) {
	const room = roomOf(name);
	if (room.isPrivate) rooms.delete(name);
	else {
		send({ type: "leave", room: name });
		setEntered(room, false);
		room.people = null;
	}
	if (chat.current === room) openRoom(enteredNames()[0] ?? rooms.keys().next().value);
	else emit("rooms");
}

/** Draws the line where one left off, if there is something new behind it. */
export function drawLine(room) {
	room.leftOff = room.unread(isOwn) > 0 ? room.seen : null;
}

/** All that is in the room has been read. */
export function markSeen(room) {
	const number = Math.floor(room.timeline.last);
	if (!isWelcome || number <= (room.seen ?? -1)) return;
	room.seen = number;
	clearTimeout(seenTimer);
	seenTimer = setTimeout(() => {
		write("seen", { ...read("seen", {}), [room.name]: number });
		if (!room.isPrivate) send({ type: "seen", room: room.name, number });
	}, SEEN_EVERY);
	emit("rooms");
}

// Speaking

export function say(text, reply) {
	const { name, isPrivate, title } = chat.current;
	chat.current.leftOff = null;
	addLine(isPrivate ? { to: title } : { room: name }, text, reply);
}

function deliver({ id, room, to, text, reply }) {
	return send(to ? { type: "whisper", to, text, id } : { type: "say", room, text, id, reply });
}

/** Shows a line to this page alone. */
export function note(text) {
	chat.current.timeline.addNote({ type: "note", text });
	emit("log");
}

// Coming and going

/** Takes a name, with a password where one is needed. */
export function enter(name, password) {
	entering = { name, password };
	if (!send(hello())) socket.dial();
}

/** Leaves the chat and forgets who one was. */
export function quit() {
	socket.close();
	["name", "session", "rooms"].forEach(forget);
	tabStore.removeItem("puente:room");
	location.reload();
}

function hello() {
	const names = isWelcome ? enteredNames() : read("rooms", []);
	const lasts = [...rooms.values()].filter((room) => room.isPrivate).map((room) => room.timeline.last);
	return {
		type: "hello",
		session: sessionWord(),
		name: entering?.name ?? chat.name ?? undefined,
		password: entering?.password || undefined,
		rooms: Object.fromEntries(names.map((name) => [name, rooms.get(name)?.timeline.last || null])),
		// Without a number those of a day would not come again, and nobody else keeps them.
		whispers: Math.max(0, ...lasts),
		language: document.documentElement.lang,
	};
}

function welcome(message) {
	const isFirst = !isWelcome;
	const { name, instance, version, role } = message;
	Object.assign(chat, { instance, version, role });
	entering = null;
	for (const listed of message.rooms) {
		const room = roomOf(listed.name);
		room.count = listed.people;
		if (name) room.seen = Math.max(room.seen ?? (isFirst ? listed.last : 0), listed.seen ?? 0);
	}
	emit("welcome", message);
	if (!name) return;
	isWelcome = true;
	rename(name);
	const entered = isFirst ? read("rooms", []) : enteredNames();
	if (entered.length === 0 && message.rooms.length > 0) entered.push(message.rooms[0].name);
	for (const room of entered.map(roomOf)) {
		const last = message.rooms.find((listed) => listed.name === room.name)?.last ?? 0;
		setEntered(room, true);
		room.timeline.begin(last);
		// How many are unread shows only in the last page.
		if (isFirst && room.seen < last) fetchGap(room, room.timeline.gaps[0]);
		send({ type: "people", room: room.name });
	}
	openOutbox(deliver);
	if (isFirst) openRoom(tabStore.getItem("puente:room") ?? entered[0]);
}

function rename(name) {
	chat.name = name;
	write("name", name);
	emit("rooms");
}

// Hearing

const hearers = {
	welcome,
	message: hearEvent, edit: hearEvent, delete: hearEvent, join: hearEvent, leave: hearEvent, rename: hearEvent,
	whisper: hearWhisper,
	history: hearHistory,
	ok: hearAnswer, refused: hearAnswer,
	search: (message) => emit("found", message),
	people({ room, people }) {
		roomOf(room).people = new Map(people.map((person) => [person.name, person]));
		roomOf(room).count = people.length;
		emit("rooms");
	},
	skipped({ room, count }) {
		roomOf(room).timeline.addNote({ type: "skipped", count });
		emit("log");
	},
};

function hear(message) {
	hearers[message.type]?.(message);
}

function hearEvent(event) {
	const room = roomOf(event.room);
	room.follow(event);
	if (event.from === chat.name && event.type === "rename") rename(event.to);
	if (event.from === chat.name && event.type === "join") {
		if (room.timeline.last > 0) room.timeline.miss(room.timeline.last, event.number);
		setEntered(room, true);
	}
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
	if (id) return isOk ? removeLine(id) : refuseLine(id, code, text);
	if (!isOk && (of === "hello" || !isWelcome)) {
		isWelcome = false;
		entering = null;
		return emit("refused", { code, text });
	}
	if (of === "history") return endHistory();
	// The rights of an account come with a welcome.
	if (isOk && of === "login") socket.dial();
	const told = text ?? words.done[of];
	if (told && of !== "people" && of !== "seen") note(told);
}

// The past

/** Asks for what lies in a gap, from its newer end or from the older one. */
export function fetchGap(room, gap, isFromOlder = false) {
	// Numbers rise by one with every event: 200 of them hold at most 200 texts.
	if (isFromOlder) fetchHistory(room, Math.min(gap.before, gap.after + 201), 200);
	else fetchHistory(room, gap.before, PAGE);
}

function fetchHistory(room, before, count) {
	if (room.loading) return;
	const place = room.isPrivate ? { with: room.title } : { room: room.name };
	const isAsked = send({ type: "history", ...place, count, before: before === Infinity ? undefined : before });
	if (isAsked) room.loading = { before };
	emit("log");
}

function hearHistory({ room: name, with: person, messages, isComplete }) {
	const room = roomOf(name ?? `@${person}`);
	const texts = room.isPrivate ? messages.map((whisper) => ({ ...whisper, type: "message" })) : messages;
	room.timeline.addHistory(texts, room.loading?.before ?? Infinity, isComplete);
	room.loading = null;
	if (room.leftOff === null) drawLine(room);
	emit("log");
	emit("rooms");
	if (room.wanted) reveal(room, room.wanted.number, room.wanted.isAsked);
}

/** Refused: of private conversations without an account nothing is kept. */
function endHistory() {
	for (const room of rooms.values()) {
		if (room.loading && room.isPrivate) room.timeline.cover(0, Infinity);
		room.loading = null;
	}
	emit("log");
}

/** Goes to a message, and fetches what is around it if need be. */
export function reveal(room, number, isAsked = false) {
	room.wanted = null;
	if (chat.current !== room) openRoom(room.name);
	if (room.timeline.find(number)) return emit("reveal", number);
	if (isAsked) return note(words.complaints["unknown-message"]());
	room.wanted = { number, isAsked: !room.loading };
	fetchHistory(room, number + PAGE, 2 * PAGE);
}
