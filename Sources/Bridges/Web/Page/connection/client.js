// The page's side of the conversation with the server: what is known, and what changes it.
//
// `emit(topic, detail)` tells the views: `state`, `welcome`, `refused`, `rooms`, `log`, `live`,
// `reveal`, `found`.

import { isMentioned } from "../core/names.js";
import { Room } from "../core/room.js";
import { words } from "../words/words.js";
import { Outbox } from "./outbox.js";
import { Socket } from "./socket.js";
import { forget, read, sessionWord, watch, write } from "./storage.js";

/** How many messages a page of history has; the server gives at most 200. */
const PAGE = 100;
/** The server is told this often how far one has read. */
const SEEN_EVERY = 2_000;

export class Client {
  constructor(emit) {
    this.emit = emit;
    this.name = read("name");
    this.isWelcome = false;
    this.limit = 4000;
    this.role = null;
    this.rooms = new Map();
    this.seen = read("seen", {});
    this.entering = null;
    this.outbox = new Outbox({ send: (line) => this.sendLine(line), changed: () => emit("log") });
    const url = new URL("ws", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.socket = new Socket({
      url,
      hello: () => this.hello(),
      probe: () => ({ type: "people", room: this.enteredNames()[0] ?? "" }),
      onMessage: (message) => this.hear(message),
      onState: (state, reason) => this.changeState(state, reason),
    });
    watch("seen", () => this.mergeSeen(read("seen", {})));
    watch("rooms", () => this.followTabs());
    this.current = this.room(sessionStorage.getItem("puente:room") ?? read("rooms", [])[0] ?? "");
  }

  // Rooms

  room(name) {
    let room = this.rooms.get(name);
    if (!room) {
      room = new Room(name, this.seen[name] ?? (name.startsWith("@") ? 0 : null));
      if (name) this.rooms.set(name, room);
    }
    return room;
  }

  enteredNames() {
    return [...this.rooms.values()].filter((room) => room.isEntered && !room.isPrivate).map((room) => room.name);
  }

  /** Shows a room, and enters it if need be. */
  open(name) {
    const room = this.room(name);
    if (!room.isEntered) this.send({ type: "enter", room: name });
    this.setEntered(room, true);
    this.current.leftOff = null;
    this.current = room;
    this.drawLine(room);
    sessionStorage.setItem("puente:room", name);
    const [gap] = room.timeline.gaps;
    if (gap?.before === Infinity) this.fetch(room, gap);
    if (!room.people && !room.isPrivate) this.send({ type: "people", room: name });
    this.emit("rooms");
    this.emit("log", { isOpened: true });
  }

  leave(name) {
    const room = this.rooms.get(name);
    if (!room) return;
    if (room.isPrivate) this.rooms.delete(name);
    else {
      this.send({ type: "leave", room: name });
      this.setEntered(room, false);
      room.people = null;
    }
    if (this.current === room) this.open(this.enteredNames()[0] ?? "");
    else this.emit("rooms");
  }

  setEntered(room, isEntered) {
    if (room.isPrivate || !room.name || room.isEntered === isEntered) return;
    room.isEntered = isEntered;
    write("rooms", this.enteredNames());
  }

  /** Another tab has entered or left a room: the person of this session has. */
  followTabs() {
    const names = read("rooms", []);
    for (const name of names) {
      if (!this.room(name).isEntered) this.send({ type: "enter", room: name });
      this.room(name).isEntered = true;
    }
    for (const room of this.rooms.values()) if (!room.isPrivate) room.isEntered = names.includes(room.name);
    this.emit("rooms");
  }

  /** Draws the line where one left off, if there is something new behind it. */
  drawLine(room) {
    room.leftOff = room.unread(this.isOwn) > 0 ? room.seen : null;
  }

  /** Everything in the room has been read. */
  markSeen(room) {
    const number = Math.floor(room.timeline.last);
    if (number <= (room.seen ?? -1)) return;
    room.seen = this.seen[room.name] = number;
    clearTimeout(this.seenTimer);
    this.seenTimer = setTimeout(() => {
      write("seen", this.seen);
      if (!room.isPrivate) this.send({ type: "seen", room: room.name, number: room.seen });
    }, SEEN_EVERY);
    this.emit("rooms");
  }

  mergeSeen(seen) {
    for (const [name, number] of Object.entries(seen)) {
      const room = this.rooms.get(name);
      this.seen[name] = Math.max(number, this.seen[name] ?? 0);
      if (room) room.seen = this.seen[name];
    }
    this.emit("rooms");
  }

  unreadInAll() {
    let count = 0;
    for (const room of this.rooms.values()) if (room.isEntered) count += room.unread(this.isOwn);
    return count;
  }

  // Speaking

  isOwn = (event) => (event.id && this.outbox.sent.has(event.id)) || (this.role && event.from === this.name);

  isMention = (event) => event.type === "message" && !this.isOwn(event) && isMentioned(event.text, this.name);

  send(message) {
    return this.socket.send(message);
  }

  say(text, reply) {
    const { name, isPrivate, title } = this.current;
    this.current.leftOff = null;
    this.outbox.add(isPrivate ? { to: title } : { room: name }, text, reply);
  }

  sendLine({ id, room, to, text, reply }) {
    return this.send(to ? { type: "whisper", to, text, id } : { type: "say", room, text, id, reply });
  }

  /** A line that only this page shows. */
  note(text) {
    this.current.timeline.addNote({ type: "note", text });
    this.emit("log");
  }

  /** Takes a name, with a password where one is needed. */
  enter(name, password) {
    this.entering = { name, password };
    if (this.socket.state === "closed") this.socket.open();
    else this.send(this.hello());
  }

  /** Leaves the chat, and forgets who one was. */
  quit() {
    this.socket.close("closed");
    for (const key of ["name", "session", "rooms"]) forget(key);
    sessionStorage.removeItem("puente:room");
    location.reload();
  }

  // Connection

  hello() {
    const rooms = {};
    for (const name of this.isWelcome ? this.enteredNames() : read("rooms", [])) {
      rooms[name] = this.rooms.get(name)?.timeline.last || null;
    }
    let whispers = 0;
    for (const room of this.rooms.values()) if (room.isPrivate) whispers = Math.max(whispers, room.timeline.last);
    return {
      type: "hello",
      session: sessionWord(),
      name: this.entering?.name ?? this.name ?? undefined,
      password: this.entering?.password || undefined,
      rooms,
      whispers: Math.floor(whispers),
      language: document.documentElement.lang,
    };
  }

  changeState(state, reason) {
    if (state !== "online") {
      this.outbox.shut();
      for (const room of this.rooms.values()) room.loading = null;
    }
    this.emit("state", { state, reason });
  }

  welcome(message) {
    const isFirst = !this.isWelcome;
    this.entering = null;
    this.instance = message.instance;
    this.version = message.version;
    this.role = message.role;
    this.limit = message.limits?.text ?? this.limit;
    for (const { name, last, people, seen } of message.rooms) {
      const room = this.room(name);
      room.peopleCount = people;
      if (message.name) room.seen = Math.max(room.seen ?? (isFirst ? last : 0), seen ?? 0);
    }
    this.emit("welcome", message);
    if (!message.name) return;
    this.name = message.name;
    this.isWelcome = true;
    write("name", this.name);
    const stored = read("rooms", []);
    const entered = stored.length > 0 ? stored : message.rooms.slice(0, 1).map((room) => room.name);
    for (const name of entered) {
      const room = this.room(name);
      this.setEntered(room, true);
      const last = message.rooms.find((listed) => listed.name === name)?.last ?? 0;
      room.timeline.begin(last);
      // How many are unread is known only once the last page is here.
      const [gap] = room.timeline.gaps;
      if (isFirst && room.seen < last && gap) this.fetch(room, gap);
      this.send({ type: "people", room: name });
    }
    this.outbox.open();
    if (!this.current.isEntered) this.current = this.room(entered[0] ?? "");
    if (isFirst) this.open(this.current.name);
    else this.emit("log");
  }

  hear(message) {
    const room = message.room ? this.room(message.room) : null;
    switch (message.type) {
      case "welcome":
        return this.welcome(message);
      case "message": case "edit": case "delete": case "join": case "leave": case "rename":
        return this.hearEvent(room, message);
      case "whisper":
        return this.hearWhisper(message);
      case "history":
        return this.hearHistory(room ?? this.room(`@${message.with}`), message);
      case "search":
        return this.emit("found", message);
      case "people":
        room.people = new Map(message.people.map((person) => [person.name, person]));
        room.peopleCount = room.people.size;
        return this.emit("rooms");
      case "skipped":
        room.timeline.addSkipped(message.count);
        return this.emit("log");
      case "ok": case "refused":
        return this.hearAnswer(message);
    }
  }

  hearEvent(room, event) {
    if (event.type === "join" || event.type === "leave" || event.type === "rename") {
      room.follow(event);
      if (event.from === this.name) this.hearOwnNotice(room, event);
      this.emit("rooms");
    }
    this.add(room, event);
  }

  hearOwnNotice(room, event) {
    if (event.type === "join") {
      const { last } = room.timeline;
      if (last > 0) room.timeline.miss(last, event.number);
      this.setEntered(room, true);
    } else if (event.type === "rename") this.rename(event.to);
  }

  rename(name) {
    this.name = name;
    write("name", name);
    this.emit("rooms");
  }

  hearWhisper(whisper) {
    const isMine = whisper.from === this.name || (whisper.id && this.outbox.sent.has(whisper.id));
    this.add(this.room(`@${isMine ? whisper.to : whisper.from}`), { ...whisper, type: "message" });
  }

  add(room, event) {
    const isNews = room.timeline.add(event);
    if (event.id) this.outbox.confirm(event.id);
    if (isNews && event.type === "message" && !this.isOwn(event)) this.emit("live", { room, event });
    this.emit("log");
  }

  hearAnswer({ type, id, of, code, text }) {
    if (id) return type === "ok" ? this.outbox.confirm(id) : this.outbox.refuse(id, code, text);
    if (type === "refused" && (of === "hello" || (!this.isWelcome && code === "login-required"))) {
      this.socket.isAnswered();
      this.isWelcome = false;
      this.entering = null;
      return this.emit("refused", { code, text });
    }
    if (type === "refused" && of === "history") this.endHistory();
    if (type === "refused" && of === "people") return;
    if (type === "ok" && of === "login") this.socket.reopen();
    const done = type === "ok" ? (text ?? words.done[of]) : text;
    if (done) this.note(done);
  }

  // The past

  /** Asks for what lies in a gap, from its newer end, or from the older one. */
  fetch(room, gap, isFromOlder = false) {
    if (room.loading || this.socket.state !== "online") return;
    // Numbers rise by one with every event, so 200 of them hold at most 200 texts.
    const before = isFromOlder ? Math.min(gap.before, gap.after + 201) : gap.before;
    this.ask(room, before, isFromOlder ? 200 : PAGE);
  }

  ask(room, before, count) {
    const place = room.isPrivate ? { with: room.title } : { room: room.name };
    if (!this.send({ type: "history", ...place, count, before: before === Infinity ? undefined : before })) return;
    room.loading = { before };
    this.emit("log");
  }

  hearHistory(room, { messages, isComplete }) {
    const texts = room.isPrivate ? messages.map((whisper) => ({ ...whisper, type: "message" })) : messages;
    const { leftOff } = room;
    room.timeline.addHistory(texts, room.loading?.before ?? Infinity, isComplete);
    if (room.timeline.last === 0) room.timeline.last = messages.at(-1)?.number ?? 0;
    room.loading = null;
    if (leftOff === null && room.seen !== null) this.drawLine(room);
    this.emit("log");
    this.emit("rooms");
    if (room.wanted) this.reveal(room, room.wanted.number, room.wanted.isAsked);
  }

  endHistory() {
    for (const room of this.rooms.values()) {
      if (room.loading && room.isPrivate) room.timeline.cover(0, Infinity);
      room.loading = null;
    }
    this.emit("log");
  }

  /** Goes to a message of a room, and fetches what is around it if need be. */
  reveal(room, number, isAsked = false) {
    room.wanted = null;
    if (this.current !== room) this.open(room.name);
    if (room.timeline.find(number)) return this.emit("reveal", number);
    if (isAsked) return this.note(words.unknownMessage);
    room.wanted = { number, isAsked: !room.loading };
    if (!room.loading) this.ask(room, number + 100, 200);
  }
}
