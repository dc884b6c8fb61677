// Rows of the log: days, runs of one person, folded notices. `key` is for a row's element, `at` for
// its place, and rows with the same key and `mark` look the same.

const RUN = 5 * 60_000; // ms between texts of one person

const isNotice = ({ type }) => /join|leave|rename/.test(type);

/** `leftOff`: the last number read before, or null. `waiting`: own lines on their way. */
export function rowsOf(timeline, { leftOff, notices, waiting, isOwn }) {
	const rows = [];
	const gaps = timeline.gaps.filter((gap) => gap.before < Infinity).sort((a, b) => a.after - b.after);
	let previous;
	let dayStart, dayEnd;

	const put = (kind, at, mark, more) => {
		rows.push({ kind, key: kind + at, at, mark, ...more });
		previous = more?.event;
	};
	const putGap = (gap) => put("gap", gap.before - 0.4, 0, { gap });

	for (const event of timeline.events) {
		const { type, number, time, from } = event;
		while (gaps[0]?.before <= number) putGap(gaps.shift());
		const isText = type === "message";
		if (!notices && !isText && isNotice(event)) continue;
		if (!(time >= dayStart && time < dayEnd)) {
			const day = new Date(time);
			dayStart = day.setHours(0, 0, 0, 0);
			// Not 24 hours: some days have 23 or 25.
			dayEnd = day.setDate(day.getDate() + 1);
			// Notes stand close behind a number.
			put("day", number - (number % 1 ? 3e-7 : 0.3), dayStart, { time });
		}
		if (!isText && isNotice(event)) {
			const row = rows.at(-1);
			if (row.kind === "notices") Object.assign(row, { mark: event, events: [...row.events, event] });
			else put("notices", number, event, { events: [event] });
			continue;
		}
		if (isText && leftOff !== null && number > leftOff && !isOwn(event)) {
			put("left-off", number - 0.2);
			leftOff = null;
		}
		const isRun = previous?.type === "message" && previous.from === from && time - previous.time < RUN && !event.reply;
		put(type, number, event, { event, isFirst: !isRun });
	}
	gaps.forEach(putGap);
	const isEmpty = !rows.some((row) => row.kind === "message");
	if (timeline.isComplete) rows.unshift({ kind: "start", key: "start", at: 0, mark: isEmpty });
	return [...rows, ...waiting.map((line) => ({ kind: "waiting", key: line.id, at: Infinity, mark: line.refused, line }))];
}

// Who came and went is not worth telling.
export function foldNotices(events) {
	const joined = new Set();
	const left = new Map();
	const renamed = [];
	for (const { type, from, to } of events) {
		if (type === "join") left.delete(from) || joined.add(from);
		else if (type === "leave") joined.delete(from) || left.set(from, to);
		else if (joined.delete(from)) joined.add(to);
		else renamed.push([from, to]);
	}
	return { joined: [...joined], left: [...left], renamed };
}
