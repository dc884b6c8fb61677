// Puts the page together: draws what changed, and does what a line says.

import {
	chat, drawLine, fetchGap, isMention, isOwn, leaveRoom, markSeen, note, openRoom, quit, say, send, startChat, unreadInAll,
} from "./connection/chat.js";
import { waitingLines } from "./connection/outbox.js";
import { dial, state } from "./connection/socket.js";
import { on } from "./connection/topics.js";
import { rowsOf } from "./core/rows.js";
import { startActions } from "./view/actions.js";
import { focusComposer, labelComposer, openComposer, startComposer } from "./view/composer.js";
import { byId, drawIcons, listen } from "./view/dom.js";
import { complain, describeEntrance, isEntering, refuseEntering, showEntering, startEntering } from "./view/enter.js";
import { closeDrawer, startLayout } from "./view/layout.js";
import { isFollowing, openRows, redrawRows, revealRow, startLog, toEnd, updateRows } from "./view/log.js";
import { notify, showCount } from "./view/notify.js";
import { elementOf } from "./view/row.js";
import { hideFound, search, showFound, startSearch } from "./view/search.js";
import { describeSettings, settings, startSettings } from "./view/settings.js";
import { startSidebar, updateSidebar } from "./view/sidebar.js";
import { listOf, speak, words } from "./words/words.js";

let serverLanguage;
let newer = 0;
/** What is to be drawn in the next frame: `log`, `opened`, `rooms`. */
const dirty = new Set();

for (const topic of ["log", "opened", "rooms"]) on(topic, () => redraw(topic));
on("state", showState);
on("refused", refuseEntering);
on("found", showFound);
on("live", hearLive);
on("welcome", (welcome) => {
	serverLanguage = welcome.language;
	translate();
	byId("instance").textContent = welcome.instance;
	byId("version").textContent = `Puente ${welcome.version}`;
	describeEntrance(welcome);
	if (isEntering() && welcome.name) focusComposer();
	showEntering(!welcome.name);
});
on("reveal", (number) => {
	draw();
	const element = revealRow(number);
	element?.focus({ preventScroll: true });
	element?.animate({ background: ["var(--mark)", "var(--mark)", "transparent"] }, 2000);
});

/** Draws once a frame, however much has come since the last. */
function redraw(what) {
	if (dirty.size === 0) {
		// A hidden page has no frames, but its title goes on counting.
		if (document.hidden) setTimeout(draw, 200);
		else requestAnimationFrame(draw);
	}
	dirty.add(what);
}

function draw() {
	const room = chat.current;
	if (dirty.has("opened")) {
		newer = 0;
		byId("room").textContent = room.title;
		openComposer();
		openRows(rows());
	} else if (dirty.has("log")) updateRows(rows());
	const log = byId("log");
	log.ariaBusy = String(Boolean(room.loading));
	log.toggleAttribute("data-complete", room.timeline.isComplete);
	readOn();
	updateSidebar();
	const unread = unreadInAll();
	byId("open-rooms").classList.toggle("has-unread", unread > room.unread(isOwn));
	showCount(unread, [room.title, chat.instance].filter(Boolean).join(" · ") || document.title);
	dirty.clear();
}

function rows() {
	const { current: { name, title, isPrivate, timeline, leftOff } } = chat;
	const waiting = waitingLines().filter((line) => (isPrivate ? line.to === title : line.room === name));
	return rowsOf(timeline, { leftOff, notices: settings.notices, waiting, isOwn });
}

/** What is on screen is read, if somebody looks at it. */
function readOn() {
	if (isFollowing) newer = 0;
	byId("newest").hidden = isFollowing;
	byId("newest").classList.toggle("has-new", newer > 0);
	byId("newest-text").textContent = newer > 0 ? words.newer(newer) : words.newest;
	if (isFollowing && document.hasFocus()) markSeen(chat.current);
}

function hearLive({ room, event }) {
	const isCurrent = room === chat.current;
	if (isCurrent && !isFollowing) newer += 1;
	if (isCurrent) byId("announcer").textContent = `${event.from}: ${event.text}`;
	if (event.number <= room.seen || !(room.isPrivate || isMention(event)) || (isCurrent && document.hasFocus())) return;
	notify(room.isPrivate ? event.from : `${event.from} · ${room.title}`, event.text, room.name);
}

function showState(reason) {
	const isLost = state === "offline" || state === "closed";
	byId("connection").dataset.state = isLost ? "offline" : state;
	byId("state").textContent = [words[state], reason ?? (state === "offline" ? words.willSend : "")].join(" ");
	byId("retry").hidden = !isLost;
	if (isEntering() && isLost) complain(reason || words.offline);
	labelComposer();
	redrawRows();
	redraw("log");
}

function open(name) {
	closeDrawer();
	hideFound();
	openRoom(name);
	// On a phone the keyboard would cover what one has come to read.
	if (matchMedia("(hover: hover)").matches) focusComposer();
}

function obey(line, reply) {
	if (line.error) note(words.complaints[line.error](line.verb));
	else if (line.send) send(line.send) || note(words.offline);
	else if (line.local) locals[line.local](line);
	else {
		say(line.say, line.reply ?? reply);
		toEnd();
	}
}

const locals = {
	help: () => note(words.help),
	rooms: () => note([...chat.rooms.values()].filter((room) => !room.isPrivate)
		.map(({ title, count }) => `${title} · ${words.people(count)}`).join("\n")),
	who: () => note(listOf([...(chat.current.people?.keys() ?? [])])),
	history: () => note(words.scrollUp),
	join: ({ room }) => open(room),
	leave: ({ room }) => leaveRoom(room),
	search: ({ words: wanted }) => search(wanted),
	quit,
	msg({ to, text }) {
		open(`@${to}`);
		if (text) say(text);
	},
};

function translate() {
	const { language } = settings;
	speak(language === "auto" ? null : language, serverLanguage);
	describeSettings();
	showState();
}

drawIcons();
startSettings(translate);
startLayout();
startSearch();
startSidebar(open);
startComposer(obey);
startActions();
startLog({ make: elementOf, moved: readOn, need: (gap, isFromOlder) => fetchGap(chat.current, gap, isFromOlder) });
listen("retry", "click", dial);
listen("newest", "click", () => {
	toEnd();
	focusComposer();
});
listen(window, "focus", () => {
	if (!(chat.current.leftOff >= chat.current.seen)) drawLine(chat.current);
	redraw("log");
});
translate();
startEntering();
startChat();
if (isSecureContext) {
	navigator.serviceWorker.register("service-worker.js");
	navigator.serviceWorker.onmessage = ({ data }) => open(data);
}
