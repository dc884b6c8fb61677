// The events of one room by their numbers, however they come and however often. What was not fetched
// yet is known as gaps.

/** Events kept in memory; older ones are fetched again if they are wanted. */
const CAPACITY = 20_000;

export function firstIndex(list, fits) {
	let low = 0;
	let high = list.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (fits(list[middle])) high = middle;
		else low = middle + 1;
	}
	return low;
}

export class Timeline {
	events = [];
	gaps = [{ after: 0, before: Infinity }];
	/** The newest number seen. */
	last = 0;
	notes = 0;

	get isComplete() {
		return this.gaps[0]?.after !== 0;
	}

	find(number) {
		const event = this.events[this.indexOf(number)];
		return event?.number === number ? event : undefined;
	}

	clear() {
		Object.assign(this, new Timeline());
	}

	add(event) {
		const { type, number, of, text, from } = event;
		const isNew = number > this.last;
		this.last = Math.max(this.last, number);
		let isSeen;
		if (type === "edit" && of) isSeen = this.change(of, { text, isEdited: true });
		else if (type === "delete") isSeen = this.change(of, { text: "", deleted: from });
		else isSeen = this.insert(event);
		if (this.events.length > CAPACITY + 1000) this.trim();
		return isNew && isSeen;
	}

	/** Takes up a page of history, all below `before`. */
	addHistory(messages, before, isComplete) {
		messages.forEach((message) => this.insert(message));
		this.cover(isComplete || messages.length === 0 ? 0 : messages[0].number, before);
		this.last ||= messages.at(-1)?.number ?? 0;
	}

	addNote(note) {
		this.notes += 1;
		this.insert({ time: Date.now(), ...note, number: this.last + this.notes / 1e6 });
	}

	begin(last) {
		if (this.last > 0) return;
		this.last = last;
		this.cover(last + 1, Infinity);
	}

	/** Everything from `low` on and below `high` is known now. */
	cover(low, high) {
		this.gaps = this.gaps.flatMap(({ after, before }) => [
			{ after, before: Math.min(before, low) },
			{ after: Math.max(after, high - 1), before },
		]).filter((gap) => gap.after + 1 < gap.before);
	}

	unreadAfter(number, isOwn) {
		const isUnread = (event) => event.type === "message" && !event.deleted && !isOwn(event);
		const count = this.events.slice(this.indexOf(number + 1)).slice(-1000).filter(isUnread).length;
		return Math.min(count, 100);
	}

	indexOf(number) {
		return firstIndex(this.events, (event) => event.number >= number);
	}

	insert(event) {
		const index = this.indexOf(event.number);
		if (this.events[index]?.number === event.number) return false;
		// A correction of something unknown, or one in the history, stands for itself.
		this.events.splice(index, 0, event.type === "edit" ? { ...event, type: "message", isEdited: true } : event);
		return true;
	}

	change(number, fields) {
		const event = this.find(number);
		if (event) this.events[this.indexOf(number)] = { ...event, ...fields };
		return Boolean(event);
	}

	trim() {
		this.events.splice(0, this.events.length - CAPACITY);
		const before = Math.floor(this.events[0].number);
		this.gaps = [{ after: 0, before }, ...this.gaps.filter((gap) => gap.after >= before)];
	}
}
