// The log: a window over the rows. What is on screen stays where it is, whatever changes above it;
// only a reader at the end is carried along.

import { chat, fetchGap } from "../connection/chat.js";
import { emit } from "../connection/topics.js";
import { firstIndex } from "../core/timeline.js";
import { byId, listen } from "./dom.js";
import { elementOf as makeElement } from "./row.js";

/** Rows that are elements at once, and rows added in one go: few enough for a frame. */
const MOST = 450;
const STEP = 60;
const END = 48; // px

const log = byId("log");
const list = log.firstElementChild;
const shown = new Map();
let rows = [];
let start = 0;
let end = 0;
let height = 0;

export let isFollowing = true;

const placeOf = (at) => firstIndex(rows, (row) => row.at >= at);

listen(log, "scroll", scrolled);
// The window, the composer and a phone's keyboard change what is seen.
new ResizeObserver(settle).observe(log);

export function forgetRows() {
	list.replaceChildren();
	shown.clear();
}

export function openRows(newRows) {
	forgetRows();
	rows = newRows;
	const leftOff = rows.findIndex((row) => row.kind === "left-off");
	start = Math.max(0, Math.min(rows.length - 2 * STEP, leftOff < 0 ? Infinity : leftOff - STEP / 2));
	end = Math.min(rows.length, start + MOST);
	isFollowing = end === rows.length;
	render();
	if (isFollowing) toEnd();
	const line = shown.get("left-off")?.element;
	if (line) log.scrollTop = Math.min(log.scrollTop, line.offsetTop - log.clientHeight / 4);
	isFollowing = isNearEnd();
	lookAround();
}

export function updateRows(newRows) {
	const first = rows[start]?.at ?? 0;
	const last = end < rows.length ? rows[end - 1].at : Infinity;
	rows = newRows;
	start = placeOf(first);
	end = last === Infinity ? rows.length : placeOf(last) + 1;
	if (isFollowing) {
		start = Math.min(start, Math.max(0, end - STEP));
		if (end - start > MOST) start = end - MOST + STEP;
	} else end = Math.min(end, start + MOST);
	render();
	if (isFollowing) toEnd();
	lookAround();
}

export function toEnd() {
	if (end < rows.length) {
		end = rows.length;
		start = Math.max(0, end - 2 * STEP);
		render();
	}
	isFollowing = true;
	log.scrollTop = log.scrollHeight;
	height = log.clientHeight;
}

export function revealRow(number) {
	const index = placeOf(number);
	if (rows[index]?.at !== number) return null;
	isFollowing = false;
	if (index < start || index >= end) {
		start = Math.max(0, index - STEP);
		end = Math.min(rows.length, index + STEP);
		render();
	}
	const { element } = shown.get(rows[index].key);
	element.scrollIntoView({ block: "center" });
	return element;
}

function isNearEnd() {
	return end === rows.length && log.scrollHeight - log.scrollTop - log.clientHeight < END;
}

function scrolled() {
	// If the height changed, it was not the reader who scrolled.
	if (log.clientHeight !== height) return settle();
	isFollowing = isNearEnd();
	lookAround();
	emit("moved");
}

function settle() {
	height = log.clientHeight;
	if (isFollowing) toEnd();
	lookAround();
}

function lookAround() {
	const { scrollTop, scrollHeight, clientHeight } = log;
	const margin = 1.5 * clientHeight;
	if (scrollTop < margin && start > 0) {
		start = Math.max(0, start - STEP);
		end = Math.min(end, start + MOST);
		render();
	} else if (scrollHeight - scrollTop - clientHeight < margin && end < rows.length) {
		end = Math.min(rows.length, end + STEP);
		start = Math.max(start, end - MOST);
		render();
	}
	for (const { kind, key, gap } of rows.slice(start, end)) {
		if (kind !== "gap") continue;
		const distance = shown.get(key).element.offsetTop - log.scrollTop;
		if (distance > -margin && distance < clientHeight + margin) fetchGap(chat.current, gap, gap.after > 0 && distance > clientHeight / 2);
	}
}

function render() {
	const anchor = isFollowing ? null : findAnchor();
	const before = anchor?.offsetTop;
	const wanted = rows.slice(start, end);
	const keys = new Set(wanted.map((row) => row.key));
	for (const [key, { element }] of shown) {
		if (keys.has(key)) continue;
		element.remove();
		shown.delete(key);
	}
	let next = list.firstChild;
	for (const row of wanted) {
		const isInPlace = next && shown.get(row.key)?.element === next;
		const element = elementOf(row);
		if (isInPlace) next = element.nextSibling;
		else list.insertBefore(element, next);
	}
	// An anchor that looks different now is another element with the same key.
	const kept = anchor && shown.get(anchor.dataset.key)?.element;
	if (kept) log.scrollTop += kept.offsetTop - before;
}

function elementOf(row) {
	const known = shown.get(row.key);
	if (known && known.mark === row.mark && known.isFirst === row.isFirst) return known.element;
	const element = makeElement(row);
	element.dataset.key = row.key;
	const hadFocus = known?.element.contains(document.activeElement);
	known?.element.replaceWith(element);
	if (hadFocus) element.focus({ preventScroll: true });
	shown.set(row.key, { element, mark: row.mark, isFirst: row.isFirst });
	return element;
}

function findAnchor() {
	const isOnScreen = ({ offsetTop, offsetHeight }) => offsetTop + offsetHeight > log.scrollTop;
	let anchor = list.children[firstIndex(list.children, isOnScreen)];
	while (anchor && !anchor.matches("article, .notice")) anchor = anchor.nextElementSibling;
	return anchor;
}
