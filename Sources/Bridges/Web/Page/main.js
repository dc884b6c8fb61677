// Puts the page together.

import * as hub from "./connection/chat.js";
import { lines } from "./connection/outbox.js";
import { dial, state } from "./connection/socket.js";
import { on } from "./connection/topics.js";
import { rowsOf } from "./core/rows.js";
import "./view/actions.js";
import * as composer from "./view/composer.js";
import { all, byId, listen } from "./view/dom.js";
import * as entrance from "./view/enter.js";
import { closeDrawer } from "./view/layout.js";
import * as log from "./view/log.js";
import { notify, showCount } from "./view/notify.js";
import { hideFound, search, showFound } from "./view/search.js";
import { describeSettings, settings } from "./view/settings.js";
import { updateSidebar } from "./view/sidebar.js";
import { speak, tell, words } from "./words/words.js";

const { chat, note, say } = hub;
let serverLanguage;
let newer = 0;
let pause = 0;
let draws = 0;
const dirty = new Set();

for (const topic of ["log", "opened", "rooms"]) on(topic, () => redraw(topic));
on("state", showState);
on("settings", translate);
on("moved", readOn);
on("open", open);
on("line", obey);
on("refused", entrance.refuse);
on("found", showFound);
on("live", hearLive);
on("welcome", (welcome) => {
	serverLanguage = welcome.language;
	translate();
	byId("instance").textContent = welcome.instance;
	entrance.describe(welcome);
	entrance.show(!welcome.name);
});
on("reveal", (number) => {
	draw();
	const element = log.revealRow(number);
	element?.focus({ preventScroll: true });
	element?.animate({ background: ["var(--mark)", "var(--mark)", "transparent"] }, 2000);
});

/** Draws at once, what is much with the next frame, or less often if that takes long. */
function redraw(what) {
	if (dirty.size === 0) {
		if (pause === 0 && draws < 3) queueMicrotask(draw);
		else if (pause === 0) requestAnimationFrame(draw);
		// A hidden page has no frames, but its title goes on counting.
		setTimeout(draw, pause || 200);
	}
	dirty.add(what);
}

function draw() {
	const room = chat.current;
	const due = new Set(dirty);
	if (due.size === 0) return;
	dirty.clear();
	if (draws === 0) requestAnimationFrame(() => (draws = 0));
	draws += 1;
	const begun = performance.now();
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
	all(".opener")[0].classList.toggle("has-unread", unread > room.unread(hub.isOwn));
	showCount(unread, [room.title, chat.instance].filter(Boolean).join(" · "));
	pause = performance.now() - begun > 16 ? 100 : 0;
}

function rows() {
	const { name, title, isPrivate, timeline, leftOff } = chat.current;
	const waiting = lines.filter((line) => (isPrivate ? line.to === title : line.room === name));
	return rowsOf(timeline, { leftOff, notices: settings.notices, waiting, isOwn: hub.isOwn });
}

function readOn() {
	if (log.isFollowing) newer = 0;
	const button = byId("newest");
	button.hidden = log.isFollowing;
	button.classList.toggle("has-new", newer > 0);
	byId("newest-text").textContent = newer > 0 ? tell("newer", newer) : words.newest;
	if (log.isFollowing && document.hasFocus()) hub.markSeen(chat.current);
}

function hearLive({ room, event }) {
	const { from, text, number } = event;
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
	entrance.complain(isLost ? reason || words[state] : "");
}

function open(name) {
	closeDrawer();
	hideFound();
	hub.openRoom(name);
	// On a phone the keyboard would cover what one has come to read.
	if (matchMedia("(hover: hover)").matches) composer.focus();
}

function obey(line) {
	if (line.error) return note(tell(line.error, line.verb));
	if (line.send) return hub.command(line.send) || note(words.offline);
	if (line.local) return locals[line.local](line);
	say(line.say, line.reply);
	log.toEnd();
}

const locals = {
	help: () => note(words.help),
	rooms: () => note([...chat.rooms.values()].filter((room) => !room.isPrivate).map((room) => room.title).join(", ")),
	who: () => note([...(chat.current.people?.keys() ?? [])].join(", ")),
	history: () => byId("log").scrollTo(0, 0),
	join: ({ room }) => open(room),
	leave: ({ room }) => hub.leaveRoom(room || chat.current.name),
	search: ({ words: wanted }) => search(wanted),
	quit: hub.quit,
	msg({ to, said }) {
		open(`@${to}`);
		say(said);
	},
};

function translate() {
	speak(settings.language, serverLanguage);
	describeSettings();
	composer.label();
	showState();
	log.forgetRows();
	redraw("log");
}

listen("retry", "click", dial);
listen("newest", "click", () => {
	log.toEnd();
	composer.focus();
});
listen(window, "focus", () => {
	if (chat.current.unread(hub.isOwn) > 0) hub.drawLine(chat.current);
	redraw("log");
});
translate();
hub.startChat();
const { serviceWorker } = navigator;
if (serviceWorker) {
	serviceWorker.onmessage = ({ data }) => open(data);
	// Later: what it keeps must not delay what is seen.
	setTimeout(() => serviceWorker.register("service-worker.js").catch(() => {}), 1000);
}
