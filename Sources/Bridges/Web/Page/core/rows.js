// Rows of the log: events become days, runs of one person and folded notices.
//
// Each row has a `key` for its element, `at` for its place (rising), and `mark`: two rows with the
// same key and mark look the same.

/** Messages of one person further apart than this begin a new run: five minutes. */
const RUN = 5 * 60 * 1000;

/**
 * Makes the rows of a timeline.
 *
 * `leftOff` is the number of the last message read before, or null; `waiting` are lines on their
 * way; without `notices` nobody is seen coming and going.
 */
export function rowsOf(timeline, { leftOff = null, notices = true, waiting = [], isOwn = () => false } = {}) {
  const builder = new Builder(leftOff, isOwn);
  const gaps = [...timeline.gaps].sort((a, b) => a.after - b.after);
  for (const event of timeline.events) {
    while (gaps.length > 0 && gaps[0].before <= event.number) builder.addGap(gaps.shift());
    if (notices || !isNotice(event)) builder.addEvent(event);
  }
  for (const gap of gaps) if (gap.before !== Infinity) builder.addGap(gap);
  if (timeline.isComplete) builder.rows.unshift({ kind: "start", key: "start", at: 0, mark: builder.rows.length === 0 });
  for (const line of waiting) {
    builder.rows.push({ kind: "waiting", key: `w${line.id}`, at: Infinity, mark: line.refused ?? "", line });
  }
  return builder.rows;
}

class Builder {
  constructor(leftOff, isOwn) {
    this.rows = [];
    this.leftOff = leftOff;
    this.isOwn = isOwn;
    this.previous = null;
    this.dayEnd = -Infinity;
    this.dayStart = Infinity;
  }

  addGap(gap) {
    this.previous = null;
    this.rows.push({ kind: "gap", key: `g${gap.before}`, at: gap.before - 0.4, mark: gap.after === 0, gap });
  }

  addEvent(event) {
    this.addDay(event);
    if (event.type === "message") this.addMessage(event);
    else if (isNotice(event)) this.addNotice(event);
    else {
      this.previous = null;
      this.rows.push({ kind: event.type, key: `x${event.number}`, at: event.number, mark: event, event });
    }
  }

  addDay({ time, number }) {
    if (time >= this.dayStart && time < this.dayEnd) return;
    const day = new Date(time);
    this.dayStart = day.setHours(0, 0, 0, 0);
    // Not 24 hours: days on which the clocks change have 23 or 25.
    this.dayEnd = day.setDate(day.getDate() + 1);
    this.previous = null;
    this.rows.push({ kind: "day", key: `d${this.dayStart}-${number}`, at: number - 0.3, mark: this.dayStart, time });
  }

  addMessage(event) {
    if (this.leftOff !== null && event.number > this.leftOff && !this.isOwn(event)) {
      this.rows.push({ kind: "left-off", key: "left-off", at: event.number - 0.2, mark: "" });
      this.leftOff = null;
      this.previous = null;
    }
    const last = this.previous;
    const isFirst = !(last?.type === "message" && last.from === event.from
      && event.time - last.time < RUN && !event.reply);
    this.rows.push({ kind: "message", key: `m${event.number}`, at: event.number, mark: event, isFirst, event });
    this.previous = event;
  }

  addNotice(event) {
    const row = this.rows.at(-1);
    if (row?.kind === "notices") {
      row.events.push(event);
      row.mark = event;
    } else {
      this.rows.push({ kind: "notices", key: `n${event.number}`, at: event.number, mark: event, events: [event] });
    }
    this.previous = event;
  }
}

function isNotice(event) {
  return event.type === "join" || event.type === "leave" || event.type === "rename";
}

/**
 * Folds notices: who came, who went (and where to), who changed names. Who came and went again, or
 * went and is back, has done nothing worth telling.
 */
export function foldNotices(events) {
  const joined = new Set();
  const left = new Map();
  const renamed = [];
  for (const { type, from, to } of events) {
    if (type === "join" && !left.delete(from)) joined.add(from);
    if (type === "leave" && !joined.delete(from)) left.set(from, to ?? null);
    if (type !== "rename") continue;
    if (joined.delete(from)) joined.add(to);
    else renamed.push({ from, to });
  }
  return { joined: [...joined], left: [...left].map(([name, to]) => ({ name, to })), renamed };
}
