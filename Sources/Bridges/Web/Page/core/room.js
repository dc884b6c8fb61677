// A room, or a private conversation: those are named `@NAME`.

import { Timeline } from "./timeline.js";

export class Room {
	timeline = new Timeline();
	/** The number behind which the line between read and new is drawn; null: nowhere. */
	leftOff = null;
	/** Those who are here, by name; null until the server has told. */
	people = null;
	count = 0;
	/** The page of history that was asked for, as `{ before }`. */
	loading = null;
	/** The message to show once that page is here. */
	wanted = null;

	/** `seen` is the number up to which all is read; null: never been here, so nothing is unread. */
	constructor(name, seen) {
		const isPrivate = name.startsWith("@");
		Object.assign(this, { name, seen, isPrivate, isEntered: isPrivate, title: name.replace("@", "") });
	}

	unread(isOwn) {
		return this.seen === null || !this.isEntered ? 0 : this.timeline.unreadAfter(this.seen, isOwn);
	}

	/** Keeps the list of people. */
	follow({ type, from, to = from, bridge }) {
		const { people } = this;
		if (!people || !/join|leave|rename/.test(type)) return;
		const person = people.get(from);
		people.delete(from);
		if (type !== "leave") people.set(to, { bridge, ...person, name: to });
		this.count = people.size;
	}
}
