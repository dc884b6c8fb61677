// A room, or a private conversation: those are named `@NAME`.

import { Timeline } from "./timeline.js";

export class Room {
  constructor(name, seen) {
    this.name = name;
    this.timeline = new Timeline();
    /** True while one is in the room. */
    this.isEntered = this.isPrivate;
    /** The number up to which everything was read; null: never been here, nothing counts as unread. */
    this.seen = seen;
    /** Where the line is drawn between what was read before and what is new; null: nowhere. */
    this.leftOff = null;
    /** Those who are here, by name; null until the server has told. */
    this.people = null;
    this.peopleCount = 0;
    /** The page of history that has been asked for, as `{ before }`. */
    this.loading = null;
    /** The message to show once that page is here. */
    this.wanted = null;
  }

  get isPrivate() {
    return this.name.startsWith("@");
  }

  /** The name as people read it. */
  get title() {
    return this.isPrivate ? this.name.slice(1) : this.name;
  }

  unread(isOwn) {
    return this.seen === null ? 0 : this.timeline.unreadAfter(this.seen, isOwn);
  }

  /** Keeps the list of people up to date. */
  follow({ type, from, to, bridge }) {
    if (!this.people) return;
    const person = this.people.get(from);
    if (type !== "join") this.people.delete(from);
    if (type === "join" && !person) this.people.set(from, { name: from, bridge, account: false });
    if (type === "rename") this.people.set(to, { ...person, name: to, bridge });
    this.peopleCount = this.people.size;
  }
}
