// Lines that are not confirmed yet: they survive a reload, and all tabs see them. Each is sent by the
// tab it was typed in, one at a time, for their order; those of a tab that is gone are adopted.

import { forget, path, randomWord, read, readAll, watch, write } from "./storage.js";
import { emit } from "./topics.js";

const REMEMBERED = 500;
const ROLL_CALL = 600; // ms
const PAUSE = 2_000; // ms, before what came too fast is tried again

// Put away while the page is shown: a duplicated tab must not get it too. Back for a reload.
const tab = sessionStorage.getItem("puente:tab") ?? randomWord(9);
sessionStorage.removeItem("puente:tab");
addEventListener("pagehide", () => sessionStorage.setItem("puente:tab", tab));

export let lines = [];
let sent;
let flying;
let deliver;

watch("line:", reload);
watch("sent", readSent);
readSent();
reload();
adopt();

export const wasSentHere = (id) => sent.has(id);

export function addLine(target, text, reply) {
	const id = randomWord(15);
	write("sent", [...sent, id].slice(-REMEMBERED));
	readSent();
	const time = Date.now();
	put({ id, ...target, text, reply, tab, time, order: Math.max(time, (lines.at(-1)?.order ?? 0) + 1) });
}

export function openOutbox(send) {
	deliver = send;
	pump();
}

export function shutOutbox() {
	deliver = flying = null;
	for (const line of lines) if (line.tab === tab && !line.isLate) put({ ...line, isLate: true });
}

export function removeLine(id) {
	if (flying === id) flying = null;
	if (!lines.some((line) => line.id === id)) return;
	forget(`line:${id}`);
	reload();
}

export function refuseLine(id, code, text) {
	const line = lines.find((other) => other.id === id);
	// Those that had to wait for a connection come all at once: that is not the writer's fault.
	const isTooFast = code === "rate-limited" && line?.isLate;
	setTimeout(() => {
		flying = null;
		if (line) put(isTooFast ? line : { ...line, refused: text || code });
	}, isTooFast ? PAUSE : 0);
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
	const next = lines.find((line) => line.tab === tab && !line.refused);
	if (next && deliver && !flying && deliver(next)) flying = next.id;
}

function adopt() {
	const present = new Set([tab]);
	const channel = new BroadcastChannel(path);
	channel.onmessage = ({ data }) => (data ? present.add(data) : channel.postMessage(tab));
	channel.postMessage("");
	setTimeout(() => {
		for (const line of lines) if (!present.has(line.tab)) put({ ...line, tab, isLate: true });
	}, ROLL_CALL);
}
