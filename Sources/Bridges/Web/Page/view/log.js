// The log: a window over the rows. What is on screen stays where it is, whatever changes above it;
// only a reader at the end is carried along.

import { chat, fetchGap } from "../connection/chat.js";
import { emit } from "../connection/topics.js";
import { firstIndex } from "../core/timeline.js";
import { byId, listen } from "./dom.js";
import { elementOf as makeElement } from "./row.js";

const MOST = 300; // rows that are elements at once
const STEP = 24; // rows made at once, within a frame
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
const bottomOf = ({ offsetTop, offsetHeight }) => offsetTop + offsetHeight;
const elementAt = (index) => shown.get(rows[index].key).element;

listen(log, "scroll", scrolled);
// What changes the visible part.
new ResizeObserver(settle).observe(log);

export function forgetRows() {
	list.replaceChildren();
	shown.clear();
}

export function openRows(newRows) {
	forgetRows();
	rows = newRows;
	end = -1;
	toEnd();
	const index = rows.findIndex((row) => row.kind === "left-off");
	if (index >= 0 && (index < start || elementAt(index).offsetTop < log.scrollTop)) showRow(index, "start");
	lookAround();
}

export function updateRows(newRows) {
	const first = rows[start]?.at ?? 0;
	// What was missing comes above what is on screen, which can only stay if there is room above it.
	const wasGap = rows[start]?.kind === "gap";
	const known = rows.length;
	const last = end < known ? rows[end - 1].at : Infinity;
	rows = newRows;
	start = Math.max(0, placeOf(first) - (wasGap ? STEP : 0));
	end = last === Infinity ? rows.length : placeOf(last) + 1;
	// Many at once: only the last of them are made.
	if (isFollowing && (end - start > MOST || end - known > STEP)) start = Math.max(0, end - 4 * STEP);
	else end = Math.min(end, start + MOST);
	render();
	if (isFollowing) toEnd();
	lookAround();
}

export function toEnd() {
	if (end !== rows.length) {
		end = rows.length;
		start = Math.max(0, end - 4 * STEP);
		render();
	}
	isFollowing = true;
	log.scrollTop = log.scrollHeight;
	height = log.clientHeight;
}

export function revealRow(number) {
	const index = placeOf(number);
	return rows[index]?.at === number ? showRow(index, "center") : null;
}

function showRow(index, block) {
	isFollowing = false;
	if (index < start || index >= end) {
		start = Math.max(0, index - 2 * STEP);
		end = Math.min(rows.length, index + 2 * STEP);
		render();
	}
	elementAt(index).scrollIntoView({ block });
	return elementAt(index);
}

function scrolled() {
	// If the height changed, it was not the reader who scrolled.
	if (log.clientHeight !== height) return settle();
	isFollowing = end === rows.length && log.scrollHeight - log.scrollTop - height < END;
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
		if (isFollowing) log.scrollTop = log.scrollHeight;
	} else if (scrollHeight - scrollTop - clientHeight < margin && end < rows.length) {
		end = Math.min(rows.length, end + STEP);
		start = Math.max(start, end - MOST);
		render();
	}
	for (let index = start; index < end; index += 1) {
		const { kind, gap } = rows[index];
		if (kind !== "gap") continue;
		const distance = elementAt(index).offsetTop - log.scrollTop;
		const isNear = distance > -margin && distance < clientHeight + margin;
		if (isNear) fetchGap(chat.current, gap, gap.after > 0 && distance > clientHeight / 2);
	}
}

function render() {
	const anchor = isFollowing ? null : findAnchor();
	const before = anchor && bottomOf(anchor);
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
	if (kept) log.scrollTop += bottomOf(kept) - before;
}

function elementOf(row) {
	const known = shown.get(row.key);
	if (known && known.mark === row.mark && known.isFirst === row.isFirst) return known.element;
	const element = makeElement(row);
	element.dataset.key = row.key;
	const hadFocus = known?.element.contains(document.activeElement);
	known?.element.replaceWith(element);
	if (hadFocus) element.focus({ preventScroll: true });
	shown.set(row.key, { element, ...row });
	return element;
}

/** The first element on screen that stays when more becomes known around it. */
function findAnchor() {
	const isOnScreen = (element) => bottomOf(element) > log.scrollTop;
	let anchor = list.children[firstIndex(list.children, isOnScreen)];
	while (anchor && !anchor.matches("article, .notice")) anchor = anchor.nextElementSibling;
	return anchor;
}
