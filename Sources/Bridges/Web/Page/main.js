// Puts the page together: the client, its views, and what a reader does.

import { Client } from "./connection/client.js";
import { COMMANDS } from "./core/commands.js";
import { rowsOf } from "./core/rows.js";
import { Composer } from "./view/composer.js";
import { byId } from "./view/dom.js";
import { EnterForm } from "./view/enter.js";
import { keepLayout } from "./view/layout.js";
import { LogView } from "./view/log.js";
import { startLogActions } from "./view/log-actions.js";
import { notify, showCount } from "./view/notify.js";
import { elementOf } from "./view/row.js";
import { Search } from "./view/search.js";
import { describeDesktop, settings, startSettings } from "./view/settings.js";
import { Sidebar } from "./view/sidebar.js";
import { listOf, speak, words } from "./words/words.js";

let serverLanguage;
let isDue = false;
let opened = false;
let newCount = 0;
const dirty = new Set();

const client = new Client((topic, detail) => topics[topic](detail));
const layout = keepLayout();
const enterForm = new EnterForm(client);
const log = new LogView(byId("log"), {
  make: (row) => elementOf(row, client),
  need: (gap, isFromOlder) => client.fetch(client.current, gap, isFromOlder),
  moved: () => readOn(),
});
const composer = new Composer({ client, obey, recall });
const sidebar = new Sidebar(client, { open, leave: (name) => client.leave(name) });
const search = new Search(client, { reveal: (room, number) => client.reveal(room, number) });

const topics = {
  state: showState,
  rooms: () => redraw("rooms"),
  log(detail) {
    opened ||= Boolean(detail?.isOpened);
    redraw("log");
  },
  welcome(message) {
    serverLanguage = message.language;
    translate();
    byId("instance").textContent = message.instance;
    byId("version").textContent = words.version(message.version);
    enterForm.describe(message);
    if (!message.name) enterForm.show();
    else if (enterForm.hide()) composer.field.focus();
    redraw("rooms");
  },
  refused: (refusal) => enterForm.refuse(refusal),
  found: (found) => search.show(found),
  live: hearLive,
  reveal(number) {
    draw();
    const element = log.reveal(number);
    if (!element) return;
    element.classList.remove("revealed");
    void element.offsetWidth; // Starts the animation again.
    element.classList.add("revealed");
    element.focus({ preventScroll: true });
  },
};

/** Changes are drawn once for each frame, however many messages came since the last. */
function redraw(what) {
  dirty.add(what);
  if (isDue) return;
  isDue = true;
  // Frames stand still in a hidden page, but its title has to go on counting.
  if (document.hidden) setTimeout(draw, 250);
  else requestAnimationFrame(draw);
}

function draw() {
  isDue = false;
  const room = client.current;
  if (dirty.has("log")) {
    const target = room.isPrivate ? (line) => line.to === room.title : (line) => line.room === room.name;
    const rows = rowsOf(room.timeline, {
      leftOff: room.leftOff,
      notices: settings.notices,
      waiting: client.outbox.lines.filter(target),
      isOwn: client.isOwn,
    });
    if (opened) {
      newCount = 0;
      byId("room").textContent = room.title;
      composer.open(room);
      log.open(rows);
    } else log.update(rows);
    opened = false;
    byId("log").setAttribute("aria-busy", String(Boolean(room.loading)));
    byId("log").toggleAttribute("data-complete", room.timeline.isComplete);
    readOn();
    dirty.add("rooms");
  }
  if (dirty.has("rooms")) {
    sidebar.update();
    byId("me").textContent = client.name ?? "";
    const unread = client.unreadInAll();
    byId("open-rooms").classList.toggle("has-unread", unread > room.unread(client.isOwn));
    showCount(unread, `${room.title || ""}${room.title ? " · " : ""}${client.instance ?? document.title}`);
  }
  dirty.clear();
}

/** What is on screen is read, if somebody looks at it. */
function readOn() {
  if (log.isAtEnd) newCount = 0;
  const button = byId("newest");
  button.hidden = log.isAtEnd;
  button.lastElementChild.textContent = newCount > 0 ? words.newCount(newCount) : words.newest;
  button.classList.toggle("has-new", newCount > 0);
  if (log.isAtEnd && document.hasFocus() && !document.hidden && client.isWelcome) client.markSeen(client.current);
}

function lookAgain() {
  if (document.hidden) return;
  if (client.current.leftOff === null || client.current.seen > client.current.leftOff) client.drawLine(client.current);
  redraw("log");
}

function hearLive({ room, event }) {
  const isCurrent = room === client.current;
  if (isCurrent && !log.isAtEnd) newCount += 1;
  if (isCurrent && !document.hidden) byId("announcer").textContent = `${event.from}: ${event.text}`;
  const isUnread = event.number > (room.seen ?? 0);
  if (!isUnread || !(room.isPrivate || client.isMention(event))) return;
  if (isCurrent && document.hasFocus()) return;
  const title = room.isPrivate ? event.from : `${event.from} · ${room.title}`;
  notify({ title, text: event.text, tag: room.name, opened: () => open(room.name) });
}

function showState({ state, reason }) {
  const element = byId("connection");
  element.dataset.state = state === "closed" ? "offline" : state;
  byId("state").textContent = state === "closed" ? words.closedState : words[state];
  byId("state-detail").textContent = state === "offline" ? words.offlineDetail : (reason ?? "");
  byId("retry").hidden = state !== "offline" && state !== "closed";
  if (enterForm.isShown && state === "offline") enterForm.say(words.unreachable);
  if (enterForm.isShown && state === "offline") enterForm.setBusy(false);
  composer.relabel();
  redraw("log");
}

function open(name) {
  layout.close();
  search.hide();
  client.open(name);
  if (matchMedia("(hover: hover)").matches) composer.field.focus();
}

/** The last text one has said here, waiting ones included. */
function recall() {
  const room = client.current;
  const waiting = client.outbox.lines.findLast((line) => (line.to ?? line.room) === room.title);
  const said = room.timeline.events.findLast((event) => event.type === "message" && client.isOwn(event));
  return waiting?.text ?? said?.text;
}

/** Does what a line of the composer says. */
function obey(line, reply) {
  if (line.error) return client.note(complaintOf(line));
  if (line.send) return client.send(line.send) || client.note(words.offline);
  if (line.say !== undefined) {
    client.say(line.say, line.reply ?? reply);
    return log.toEnd();
  }
  locals[line.local](line);
}

const locals = {
  help() {
    const list = COMMANDS.map(([verb, what]) => `${verb} ${words.helpNames[what] ?? what}`);
    client.note([words.helpIntro, ...list, "", words.helpKeys].join("\n"));
  },
  rooms() {
    const list = [...client.rooms.values()].filter((room) => !room.isPrivate);
    client.note(list.map((room) => words.roomLine(room.title, words.peopleIn(room.peopleCount))).join("\n"));
  },
  who: () => client.note(words.here(listOf([...(client.current.people?.keys() ?? [])]))),
  quit: () => client.quit(),
  join: ({ room }) => open(room),
  leave: ({ room }) => client.leave(room),
  history: () => client.note(words.historyHint),
  search: ({ words: query }) => search.start(query),
  whisper({ to, text }) {
    open(`@${to}`);
    client.say(text);
  },
};

function complaintOf({ error, verb }) {
  const complaints = {
    "unknown-command": words.unknownCommand, "bad-arguments": words.badArguments, elsewhere: words.elsewhere,
    "quote-name": () => words.quoteName, "unknown-message": () => words.unknownMessage,
  };
  return complaints[error](verb);
}

function translate() {
  speak(settings.language === "auto" ? null : settings.language, serverLanguage);
  describeDesktop();
  composer.relabel();
  log.reset();
  redraw("log");
}

startSettings((name) => {
  if (name === "language") translate();
  log.reset();
  redraw("log");
});
startLogActions(client, { composer, again: (line) => client.outbox.retry(line) });
byId("newest").addEventListener("click", () => {
  log.toEnd();
  composer.field.focus();
});
byId("retry").addEventListener("click", () => client.socket.reopen());
byId("quit").addEventListener("click", () => client.quit());
document.addEventListener("visibilitychange", lookAgain);
addEventListener("focus", () => redraw("log"));

translate();
if (client.name) document.body.dataset.view = "chat";
else enterForm.show();
client.socket.open();
if (isSecureContext) navigator.serviceWorker?.register("service-worker.js");
