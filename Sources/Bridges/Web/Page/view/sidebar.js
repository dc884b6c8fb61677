// The lists at the sides: rooms, private conversations, people.

import { words } from "../words/words.js";
import { byId, el, iconButton, nameOf } from "./dom.js";

export class Sidebar {
  constructor(client, { open, leave }) {
    Object.assign(this, { client, open });
    byId("rooms").addEventListener("click", (event) => {
      const button = event.target.closest("button[data-room], button.leave");
      if (button?.dataset.room) open(button.dataset.room);
      else if (button) leave(button.value);
    });
    byId("people").addEventListener("click", (event) => {
      const button = event.target.closest("button[data-person]");
      if (button) open(`@${button.dataset.person}`);
    });
  }

  update() {
    const rooms = [...this.client.rooms.values()];
    const byName = (a, b) => a.title.localeCompare(b.title);
    fill(byId("room-list"), rooms.filter((room) => !room.isPrivate), (room) => this.roomItem(room));
    const privates = rooms.filter((room) => room.isPrivate).sort(byName);
    fill(byId("private-list"), privates, (room) => this.roomItem(room));
    byId("privates").hidden = privates.length === 0;
    const people = [...(this.client.current.people?.values() ?? [])].sort((a, b) => a.name.localeCompare(b.name));
    fill(byId("people-list"), people, (person) => this.personItem(person));
    byId("people-count").textContent = this.client.current.isPrivate ? "" : people.length || "";
  }

  roomItem(room) {
    const { client } = this;
    const isCurrent = room === client.current;
    const unread = room.isEntered ? room.unread(client.isOwn) : 0;
    const button = el(room.isEntered ? "button.room" : "button.room.outside", {
      type: "button",
      "data-room": room.name,
      "aria-current": isCurrent && "true",
      title: room.isEntered ? undefined : words.enterRoom(room.title),
    }, el("bdi.title", {}, room.title));
    if (unread > 0) {
      button.append(el("span.unread", { "aria-label": words.unread(unread) }, unread > 99 ? "99+" : String(unread)));
    } else if (!room.isEntered && room.peopleCount > 0) {
      button.append(el("span.head-count", { title: words.peopleIn(room.peopleCount) }, String(room.peopleCount)));
    }
    const isOnly = !room.isPrivate && client.enteredNames().length < 2;
    const label = room.isPrivate ? words.closePrivate(room.title) : words.leaveRoom(room.title);
    const leave = room.isEntered && !isOnly && iconButton("leave", "close", label, { value: room.name });
    return el("li", {}, button, leave);
  }

  personItem({ name, bridge, account }) {
    const isMe = name === this.client.name;
    const shown = name.replace(/ \([^()]*\)$/, "");
    return el("li", {}, el("button.person", {
      type: "button",
      "data-person": name,
      disabled: isMe,
      title: isMe ? words.you : words.talkTo(name),
    }, nameOf(shown), isMe ? el("small", {}, words.you) : el("small", { title: account ? words.hasAccount : undefined }, bridge)));
  }
}

/** Fills a list, and keeps the focus on the entry that had it. */
function fill(list, entries, make) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset : null;
  list.replaceChildren(...entries.map(make));
  if (!focused) return;
  const same = (button) => button.dataset.room === focused.room && button.dataset.person === focused.person;
  [...list.querySelectorAll("button")].find(same)?.focus();
}
