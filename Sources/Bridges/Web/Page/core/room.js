// A room, or a private conversation: those are named `@NAME`.

import { Timeline } from "./timeline.js";

export class Room {
	timeline = new Timeline();
	/** The last number read, where a line is drawn, or null. */
	leftOff = null;
	people = null;
	loading = null;
	wanted = null;

	constructor(name, seen) {
		const isPrivate = name.startsWith("@");
		Object.assign(this, { name, seen, isPrivate, isEntered: isPrivate, title: name.replace("@", "") });
	}

	/** What comes while one is out is not heard: nothing is known once one is back. */
	forget() {
		Object.assign(this, { timeline: new Timeline(), people: null, isEntered: false });
	}

	unread(isOwn) {
		return this.seen === null || !this.isEntered ? 0 : this.timeline.unreadAfter(this.seen, isOwn);
	}

	follow({ type, from, to = from, bridge }) {
		const { people } = this;
		if (!people || !/join|leave|rename/.test(type)) return;
		const person = people.get(from);
		people.delete(from);
		if (type !== "leave") people.set(to, { bridge, ...person, name: to });
	}
}
