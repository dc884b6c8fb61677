// Puts the page together: draws what changed, and does what a line says.

import * as hub from "./connection/chat.js";
import { lines } from "./connection/outbox.js";
import { dial, state } from "./connection/socket.js";
import { on } from "./connection/topics.js";
import { rowsOf } from "./core/rows.js";
import { startActions } from "./view/actions.js";
import * as composer from "./view/composer.js";
import { byId, listen } from "./view/dom.js";
import * as entrance from "./view/enter.js";
import { closeDrawer, startLayout } from "./view/layout.js";
import * as log from "./view/log.js";
import { notify, showCount } from "./view/notify.js";
import { elementOf } from "./view/row.js";
import { hideFound, search, showFound, startSearch } from "./view/search.js";
import { describeSettings, settings, startSettings } from "./view/settings.js";
import { startSidebar, updateSidebar } from "./view/sidebar.js";
import { listOf, speak, tell, words } from "./words/words.js";

const { chat, note, say } = hub;
/** The server's language, and texts that came while the reader was further up. */
let language;
let newer = 0;
/** What is to be drawn in the next frame. */
const dirty = new Set();

for (const topic of ["log", "opened", "rooms"]) on(topic, () => redraw(topic));
on("state", showState);
on("refused", entrance.refuse);
on("found", ({ messages }) => showFound(messages));
on("live", hearLive);
on("welcome", (welcome) => {
	language = welcome.language;
	translate();
	byId("instance").textContent = welcome.instance;
	byId("version").textContent = `Puente ${welcome.version}`;
	entrance.describe(welcome);
	const isNew = entrance.isShown();
	entrance.show(!welcome.name);
	if (isNew) composer.focus();
});
on("reveal", (number) => {
	draw();
	const element = log.revealRow(number);
	element?.focus({ preventScroll: true });
	element?.animate({ background: ["var(--mark)", "var(--mark)", "transparent"] }, 2000);
});

/** Draws once a frame, however much has come since the last. */
function redraw(what) {
	// A hidden page has no frames, but its title goes on counting.
	if (dirty.size === 0) document.hidden ? setTimeout(draw, 200) : requestAnimationFrame(draw);
	dirty.add(what);
}

function draw() {
	const room = chat.current;
	const due = new Set(dirty);
	dirty.clear();
	if (due.has("opened")) {
		newer = 0;
		byId("room").textContent = room.title;
		composer.open();
		log.openRows(rows());
	} else if (due.has("log")) log.updateRows(rows());
	byId("log").ariaBusy = String(Boolean(room.loading));
	byId("log").toggleAttribute("data-complete", room.timeline.isComplete);
	readOn();
	updateSidebar();
	const unread = hub.unreadInAll();
	document.querySelector(".opener").classList.toggle("has-unread", unread > room.unread(hub.isOwn));
	showCount(unread, [room.title, chat.instance].filter(Boolean).join(" · ") || document.title);
}

function rows() {
	const { name, title, isPrivate, timeline, leftOff } = chat.current;
	const waiting = lines.filter((line) => (isPrivate ? line.to === title : line.room === name));
	return rowsOf(timeline, { leftOff, notices: settings.notices, waiting, isOwn: hub.isOwn });
}

/** What is on screen is read, if somebody looks at it. */
function readOn() {
	const { isFollowing } = log;
	if (isFollowing) newer = 0;
	byId("newest").hidden = isFollowing;
	byId("newest").classList.toggle("has-new", newer > 0);
	byId("newest-text").textContent = newer > 0 ? tell("newer", newer) : words.newest;
	if (isFollowing && document.hasFocus()) hub.markSeen(chat.current);
}

function hearLive({ room, event: { from, text, number }, event }) {
	const isCurrent = room === chat.current;
	if (isCurrent && !log.isFollowing) newer += 1;
	if (isCurrent) byId("announcer").textContent = `${from}: ${text}`;
	const isForMe = room.isPrivate || hub.isMention(event);
	if (!isForMe || number <= room.seen || (isCurrent && document.hasFocus())) return;
	notify(room.isPrivate ? from : `${from} · ${room.title}`, text, room.name);
}

function showState(reason) {
	const isLost = state === "offline" || state === "closed";
	byId("connection").dataset.state = isLost ? "offline" : state;
	byId("state").textContent = `${words[state]} ${reason ?? ""}`;
	if (isLost) entrance.complain(reason || words[state]);
	log.forgetRows();
	redraw("log");
}

function open(name) {
	closeDrawer();
	hideFound();
	hub.openRoom(name);
	// On a phone the keyboard would cover what one has come to read.
	if (matchMedia("(hover: hover)").matches) composer.focus();
}

function obey(line, reply) {
	if (line.error) note(tell(line.error, line.verb));
	else if (line.send) hub.send(line.send) || note(words.offline);
	else if (line.local) locals[line.local](line);
	else {
		say(line.say, line.reply ?? reply);
		log.toEnd();
	}
}

const locals = {
	help: () => note(words.help),
	rooms() {
		const rooms = [...chat.rooms.values()].filter((room) => !room.isPrivate);
		note(rooms.map(({ title, count }) => `${title} · ${tell("people", count)}`).join("\n"));
	},
	who: () => note(listOf([...(chat.current.people?.keys() ?? [])])),
	history: () => note(words.scrollUp),
	join: ({ room }) => open(room),
	leave: ({ room }) => hub.leaveRoom(room),
	search: ({ words: wanted }) => search(wanted),
	quit: hub.quit,
	msg({ to, text }) {
		open(`@${to}`);
		say(text);
	},
};

function translate() {
	speak(settings.language, language);
	describeSettings();
	composer.label();
	showState();
}

startLayout();
startSettings(translate);
startSearch();
startSidebar(open);
composer.start(obey);
startActions();
log.startLog({ make: elementOf, moved: readOn, need: (gap, isFromOlder) => hub.fetchGap(chat.current, gap, isFromOlder) });
listen("retry", "click", dial);
listen("newest", "click", () => {
	log.toEnd();
	composer.focus();
});
listen(window, "focus", () => {
	if (!(chat.current.leftOff >= chat.current.seen)) hub.drawLine(chat.current);
	redraw("log");
});
translate();
entrance.start();
hub.startChat();
if (isSecureContext) {
	const { serviceWorker } = navigator;
	serviceWorker.register("service-worker.js");
	serviceWorker.onmessage = ({ data }) => open(data);
	// What was loaded before the worker was there goes through it once more, to be kept.
	if (!serviceWorker.controller) {
		serviceWorker.ready.then(() => ["./", ...performance.getEntriesByType("resource").map((entry) => entry.name)].forEach((url) => fetch(url)));
	}
}
