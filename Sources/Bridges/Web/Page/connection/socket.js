// The WebSocket, dialled again whenever it is lost: `connecting`, `online` once it is welcomed,
// `offline` until the next try, `closed` if one was sent away. All times are milliseconds.

import { emit } from "./topics.js";

/** No welcome, no answer to a question after this long: nobody is there. */
const WELCOME_WITHIN = 15_000;
const ANSWER_WITHIN = 5_000;
/** How often the clock is looked at, and the jump of it that means the machine was asleep. */
const TICK = 15_000;
const ASLEEP = 45_000;
const LASTING = 10_000; // ends a series of failures

export let state = "connecting";
let socket;
let attempt = 0;
let tickAt = Date.now();
let talk;
const timers = {};

/** The wait before a try, counted from 0: none, then 1 s doubling to 30 s, a quarter more or less. */
export const delayBefore = (tries, random = Math.random()) =>
	tries === 0 ? 0 : Math.min(30_000, 1000 * 2 ** (tries - 1)) * (0.75 + random / 2);

export function start(conversation) {
	talk = conversation;
	setInterval(tick, TICK);
	addEventListener("online", wake);
	addEventListener("offline", check);
	addEventListener("visibilitychange", () => document.hidden || wake());
	addEventListener("pageshow", ({ persisted }) => persisted && dial());
	addEventListener("pagehide", () => close("offline", true));
	dial();
}

export function dial() {
	attempt = 0;
	connect();
}

function connect() {
	drop();
	set("connecting");
	socket = new WebSocket(new URL("ws", location.href.replace("http", "ws")), "puente.1");
	timers.welcome = setTimeout(lose, WELCOME_WITHIN);
	socket.onopen = () => send(talk.hello());
	socket.onmessage = ({ data }) => hear(JSON.parse(data));
	socket.onclose = lose;
}

export function send(message) {
	const isOpen = socket?.readyState === WebSocket.OPEN;
	if (isOpen) socket.send(JSON.stringify(message));
	return isOpen;
}

export function close(next, soon) {
	send({ type: "bye", soon });
	drop();
	set(next);
}

function wake() {
	if (state === "offline") dial();
	else check();
}

function check() {
	if (state !== "online" || timers.answer) return;
	send(talk.question());
	timers.answer = setTimeout(dial, ANSWER_WITHIN);
}

function hear(message) {
	clear("answer");
	// Whoever refuses `hello` is there; the next one may take its time.
	clear("welcome");
	if (message.type === "welcome") {
		timers.lasting = setTimeout(() => (attempt = 0), LASTING);
		set("online");
	}
	talk.hear(message);
}

function lose(event) {
	if (event?.code === 1008) return close("closed"), emit("state", event.reason);
	drop();
	timers.retry = setTimeout(connect, delayBefore(attempt));
	attempt += 1;
	set("offline");
}

function drop() {
	Object.keys(timers).forEach(clear);
	if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
	socket?.close();
	socket = null;
}

function clear(name) {
	clearTimeout(timers[name]);
	timers[name] = null;
}

// A clock that jumped means sleep: the other end has given us up.
function tick() {
	const now = Date.now();
	// Timers of a hidden page may run but once a minute.
	const hasSlept = now - tickAt - TICK > (document.hidden ? 4 : 1) * ASLEEP;
	tickAt = now;
	if (hasSlept && state !== "closed") dial();
}

function set(next) {
	if (state === next) return;
	state = next;
	emit("state");
}
