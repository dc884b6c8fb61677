// The log: a window over the rows, which moves with the reader.
//
// What is on screen stays where it is, whatever changes above it. Only a reader at the end is
// carried along.

import { firstIndex } from "../core/timeline.js";
import { byId, listen } from "./dom.js";

/** Rows that are elements at once, and rows added in one go: few enough for a frame. */
const MOST = 450;
const STEP = 60;
/** This close to the end, in pixels, is at the end. */
const END = 48;

const log = byId("log");
const list = log.firstElementChild;
/** What is in the list, by the keys of the rows. */
const shown = new Map();
let rows = [];
let start = 0;
let end = 0;
let height = 0;
let on;

/** True while a reader at the end is carried along. */
export let isFollowing = true;

const placeOf = (at) => firstIndex(rows, (row) => row.at >= at);

/** `make(row)` makes an element, `need(gap, isFromOlder)` fetches, `moved()` is told of scrolling. */
export function startLog(callbacks) {
	on = callbacks;
	listen(log, "scroll", scrolled);
	// The window, the composer and a phone's keyboard change what is seen.
	new ResizeObserver(settle).observe(log);
}

/** Forgets all elements: the words in them have changed. */
export function forgetRows() {
	list.replaceChildren();
	shown.clear();
}

/** Shows another room at its end, or where one left off if that is further up. */
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

/** Shows the same room after a change. */
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

/** Brings a message into the middle and returns its element. */
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
	on.moved();
}

function settle() {
	height = log.clientHeight;
	if (isFollowing) toEnd();
	lookAround();
}

/** Moves the window if one of its ends is near, and fetches what is missing there. */
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
		if (distance > -margin && distance < clientHeight + margin) on.need(gap, gap.after > 0 && distance > clientHeight / 2);
	}
}

/** Makes the elements those of the rows from `start` to `end`. */
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
	const element = on.make(row);
	element.dataset.key = row.key;
	const hadFocus = known?.element.contains(document.activeElement);
	known?.element.replaceWith(element);
	if (hadFocus) element.focus({ preventScroll: true });
	shown.set(row.key, { element, mark: row.mark, isFirst: row.isFirst });
	return element;
}

/** The first element on screen that stays when more becomes known around it. */
function findAnchor() {
	const isOnScreen = ({ offsetTop, offsetHeight }) => offsetTop + offsetHeight > log.scrollTop;
	let anchor = list.children[firstIndex(list.children, isOnScreen)];
	while (anchor && !anchor.matches("article, .notice")) anchor = anchor.nextElementSibling;
	return anchor;
}
