// Lines that were typed and are not confirmed yet. They survive a reload, and all tabs see them.
//
// A line belongs to the tab it was typed in, which alone sends it, one at a time: so the order holds.
// Those of a tab that is gone are adopted. Should two tabs send one all the same, its id keeps the
// server from saying it twice.

import { forget, path, randomWord, read, readAll, tabStore, watch, write } from "./storage.js";
import { emit } from "./topics.js";

/** Ids of one's own lines that are remembered, to know them again in the history. */
const REMEMBERED = 500;
/** How long other tabs may take to say that they are there, in milliseconds. */
const ROLL_CALL = 600;
/** Tries for a line that had to wait for a connection and then came too fast for the server. */
const TRIES = 8;

// Put away while the page is shown, so that a duplicated tab does not get it too; back for a reload.
const tab = tabStore.getItem("puente:tab") ?? randomWord(9);
tabStore.removeItem("puente:tab");
addEventListener("pagehide", () => tabStore.setItem("puente:tab", tab));

/** Those not confirmed, oldest first: `{ id, room or to, text, reply?, time, refused? }`. */
export let lines = [];
let sent = new Set();
let flying;
let tries = 0;
let timer;
let deliver;

watch("line:", reload);
watch("sent", readSent);
readSent();
reload();
adopt();

export const wasSentHere = (id) => sent.has(id);

/** Puts a line at the end; `target` is `{ room }` or `{ to }`. */
export function addLine(target, text, reply) {
	const id = randomWord(15);
	write("sent", [...sent, id].slice(-REMEMBERED));
	readSent();
	const time = Date.now();
	put({ id, ...target, text, reply, tab, time, order: Math.max(time, (lines.at(-1)?.order ?? 0) + 1) });
}

/** From now on `send(line)` takes lines; what was on its way goes again, with its id. */
export function openOutbox(send) {
	deliver = send;
	pump();
}

export function shutOutbox() {
	deliver = flying = null;
	clearTimeout(timer);
	timer = null;
	for (const line of lines) if (line.tab === tab && !line.isLate) put({ ...line, isLate: true });
}

/** The line has been said, or is not wanted any more. */
export function removeLine(id) {
	if (flying === id) flying = null;
	if (!lines.some((line) => line.id === id)) return;
	tries = 0;
	forget(`line:${id}`);
	reload();
}

export function refuseLine(id, code, text) {
	if (flying === id) flying = null;
	const line = lines.find((other) => other.id === id);
	if (code === "rate-limited" && line?.isLate && tries < TRIES) {
		// They came all at once because they had to wait: that is not the writer's fault.
		tries += 1;
		timer = setTimeout(() => {
			timer = null;
			pump();
		}, 1000 * tries);
	} else if (line) put({ ...line, refused: text || code });
}

export const retryLine = (line) => put({ ...line, refused: undefined, tab });

/** Each line has a key of its own, so that tabs that write at once do not undo each other's. */
function put(line) {
	write(`line:${line.id}`, line);
	reload();
}

function reload() {
	lines = readAll("line:").sort((a, b) => a.order - b.order);
	emit("log");
	pump();
}

function readSent() {
	sent = new Set(read("sent", []));
}

function pump() {
	if (!deliver || flying || timer) return;
	const next = lines.find((line) => line.tab === tab && !line.refused);
	if (next && deliver(next)) flying = next.id;
}

/** Asks which tabs are there, and takes the lines of those that do not answer. */
function adopt() {
	const present = new Set([tab]);
	const channel = new BroadcastChannel(path);
	channel.onmessage = ({ data }) => (data ? present.add(data) : channel.postMessage(tab));
	channel.postMessage("");
	setTimeout(() => {
		for (const line of lines) if (!present.has(line.tab)) put({ ...line, tab, isLate: true });
	}, ROLL_CALL);
}
