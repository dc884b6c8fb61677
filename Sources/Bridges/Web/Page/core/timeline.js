// The events of one room, or of one private conversation, in the order of their numbers.
//
// Live events, what a resumed connection brings and pages of history all end up here, in any order
// and any number of times; an event is kept once. What has not been fetched yet is known as gaps.

/** How many events are kept in memory. More are dropped at the old end and fetched again if needed. */
const CAPACITY = 20_000;

export class Timeline {
  constructor() {
    /** Events by rising number: messages, notices, and notes of this page alone. Never changed in place. */
    this.events = [];
    /** Ranges of numbers nothing is known of: `after` and `before` are their neighbours. */
    this.gaps = [{ after: 0, before: Infinity }];
    /** The number of the newest event seen, from which a connection is resumed. */
    this.last = 0;
    this.noteCount = 0;
  }

  /** True where nothing older is left to fetch. */
  get isComplete() {
    return this.gaps.length === 0 || this.gaps[0].after > 0;
  }

  /** The index of the first event whose number is at least `number`. */
  indexOf(number) {
    let low = 0;
    let high = this.events.length;
    if (high > 0 && this.events[high - 1].number < number) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.events[middle].number < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  find(number) {
    const event = this.events[this.indexOf(number)];
    return event?.number === number ? event : undefined;
  }

  /** Puts an event where its number belongs. False if it is there already. */
  insert(event) {
    const index = this.indexOf(event.number);
    if (this.events[index]?.number === event.number) return false;
    if (index === this.events.length) this.events.push(event);
    else this.events.splice(index, 0, event);
    return true;
  }

  replace(number, change) {
    const index = this.indexOf(number);
    const event = this.events[index];
    if (event?.number !== number) return false;
    this.events[index] = change(event);
    return true;
  }

  /** The room goes on behind `last`: all that is newer will come by itself. */
  begin(last) {
    if (this.last === 0) {
      this.last = last;
      this.cover(last + 1, Infinity);
    }
  }

  /** Takes up one event of the room. True if something new is to be seen. */
  add(event) {
    const isNew = event.number > this.last;
    this.last = Math.max(this.last, event.number);
    let isShown = true;
    if (event.type === "edit" && event.of) {
      isShown = this.replace(event.of, (old) => ({ ...old, text: event.text, isEdited: true }));
    } else if (event.type === "delete") {
      isShown = this.replace(event.of, (old) => ({ ...old, text: "", deletedBy: event.from }));
    } else {
      isShown = this.insert(asShown(event));
    }
    if (this.events.length > CAPACITY + 1000) this.trim();
    return isNew && isShown;
  }

  /** Takes up a page of history: everything below `before` down to its first message. */
  addHistory(messages, before, isComplete) {
    for (const message of messages) this.insert(asShown(message));
    const isEnd = isComplete || messages.length === 0;
    this.cover(isEnd ? 0 : messages[0].number, before);
  }

  /** What was left out at this point, because it came too fast or is no longer kept. */
  addSkipped(count) {
    this.addNote({ type: "skipped", count });
  }

  /** A line for this page alone, behind everything that has a number so far. */
  addNote(note) {
    this.noteCount += 1;
    this.insert({ ...note, number: this.last + this.noteCount / 1e6, time: note.time ?? Date.now() });
  }

  /** What has come in between while one was out of the room. */
  miss(after, before) {
    if (before > after + 1) this.gaps.push({ after, before });
  }

  /** All numbers from `low` on and below `high` are known now. */
  cover(low, high) {
    this.gaps = this.gaps.flatMap(({ after, before }) => {
      const parts = [
        { after, before: Math.min(before, low) },
        { after: Math.max(after, high - 1), before },
      ];
      return parts.filter((part) => part.after + 1 < part.before);
    });
  }

  trim() {
    this.events.splice(0, this.events.length - CAPACITY);
    const first = Math.floor(this.events[0].number);
    this.gaps = this.gaps.filter((gap) => gap.after >= first);
    this.gaps.unshift({ after: 0, before: first });
  }

  /** How many texts of others stand behind `number`. */
  unreadAfter(number, isOwn) {
    let count = 0;
    for (let index = this.events.length - 1; index >= 0; index -= 1) {
      const event = this.events[index];
      if (event.number <= number) break;
      if (event.type === "message" && !event.deletedBy && !isOwn(event)) count += 1;
    }
    return count;
  }

  /** The last message `name` has said, for `/reply NAME`. */
  lastFrom(name) {
    const wanted = name.toLowerCase();
    return this.events.findLast(
      (event) => event.type === "message" && event.from.toLowerCase() === wanted);
  }
}

/** A correction whose original is unknown, or one from the history, is a message of its own. */
function asShown(event) {
  return event.type === "edit" ? { ...event, type: "message", isEdited: true } : event;
}
