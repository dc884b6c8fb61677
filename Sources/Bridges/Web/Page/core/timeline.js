// The events of one room in the order of their numbers, from wherever they come and however often:
// live, from a resumed connection, from pages of history. What was not fetched yet is known as gaps.

/** Events kept in memory; older ones are dropped, and fetched again if they are wanted. */
const CAPACITY = 20_000;

export class Timeline {
	/** By rising number. Events are replaced, never changed in place. */
	events = [];
	/** Ranges nothing is known of, by their neighbours. */
	gaps = [{ after: 0, before: Infinity }];
	/** The newest number seen, from which a connection is resumed. */
	last = 0;
	#notes = 0;

	get isComplete() {
		return this.gaps[0]?.after !== 0;
	}

	/** The index of the first event with this number or a higher one. */
	indexOf(number) {
		const { events } = this;
		let low = 0;
		let high = events.length;
		if (high > 0 && events[high - 1].number < number) return high;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (events[middle].number < number) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	find(number) {
		const event = this.events[this.indexOf(number)];
		return event?.number === number ? event : undefined;
	}

	/** Takes up a page of history: all there is below `before`, down to its first message. */
	addHistory(messages, before, isComplete) {
		for (const message of messages) this.#insert(message);
		this.cover(isComplete || messages.length === 0 ? 0 : messages[0].number, before);
		this.last ||= messages.at(-1)?.number ?? 0;
	}

	/** Takes up an event of the room. True if it is new and there is something to see. */
	add(event) {
		const isNew = event.number > this.last;
		this.last = Math.max(this.last, event.number);
		let isSeen = true;
		if (event.type === "edit" && event.of) isSeen = this.#change(event.of, { text: event.text, isEdited: true });
		else if (event.type === "delete") isSeen = this.#change(event.of, { text: "", deletedBy: event.from });
		else isSeen = this.#insert(event);
		if (this.events.length > CAPACITY + 1000) this.#trim();
		return isNew && isSeen;
	}

	/** A line of this page alone, behind all that has a number so far. */
	addNote(note) {
		this.#notes += 1;
		this.#insert({ time: Date.now(), ...note, number: this.last + this.#notes / 1e6 });
	}

	/** The room goes on behind `last`; what is newer comes by itself. */
	begin(last) {
		if (this.last > 0) return;
		this.last = last;
		this.cover(last + 1, Infinity);
	}

	/** The numbers between two that came were not heard. */
	miss(after, before) {
		if (before > after + 1) this.gaps.push({ after, before });
	}

	/** Everything from `low` on and below `high` is known now. */
	cover(low, high) {
		this.gaps = this.gaps.flatMap(({ after, before }) => [
			{ after, before: Math.min(before, low) },
			{ after: Math.max(after, high - 1), before },
		]).filter((gap) => gap.after + 1 < gap.before);
	}

	/** Counts the texts of others behind a number, up to 100. */
	unreadAfter(number, isOwn) {
		let count = 0;
		for (let index = this.events.length - 1; index >= 0 && count < 100; index -= 1) {
			const event = this.events[index];
			if (event.number <= number) break;
			if (event.type === "message" && !event.deletedBy && !isOwn(event)) count += 1;
		}
		return count;
	}

	#insert(event) {
		const index = this.indexOf(event.number);
		if (this.events[index]?.number === event.number) return false;
		// A correction of something unknown, or one in the history, stands for itself.
		this.events.splice(index, 0, event.type === "edit" ? { ...event, type: "message", isEdited: true } : event);
		return true;
	}

	#change(number, fields) {
		const event = this.find(number);
		if (event) this.events[this.indexOf(number)] = { ...event, ...fields };
		return Boolean(event);
	}

	#trim() {
		this.events.splice(0, this.events.length - CAPACITY);
		const before = Math.floor(this.events[0].number);
		this.gaps = [{ after: 0, before }, ...this.gaps.filter((gap) => gap.after >= before)];
	}
}
