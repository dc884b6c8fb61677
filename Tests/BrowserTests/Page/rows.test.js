import { foldNotices, rowsOf as makeRows } from "../page/core/rows.js";
import { Timeline } from "../page/core/timeline.js";
import { equal, isTrue, test } from "./testing.js";

const NOON = new Date(2026, 10, 29, 12).getTime();
const MINUTE = 60_000;

function timelineOf(...events) {
	const timeline = new Timeline();
	timeline.begin(0);
	events.forEach((event, index) => timeline.add({ type: "message", from: "ana", text: "x", time: NOON, number: index + 1, ...event }));
	return timeline;
}
const rowsOf = (timeline, options) => makeRows(timeline, { leftOff: null, notices: true, waiting: [], isOwn: () => false, ...options });
const kinds = (timeline, options = {}) => rowsOf(timeline, options).map((row) => row.kind);

test("an empty room has its beginning only", () => {
	const rows = rowsOf(timelineOf(), {});
	equal(rows.map((row) => [row.kind, row.mark]), [["start", true]]);
});

test("each day has a line, also the short and the long ones", () => {
	const days = [0, 1, 1, 3].map((day) => ({ time: NOON + day * 24 * 60 * MINUTE }));
	equal(kinds(timelineOf(...days)), ["start", "day", "message", "day", "message", "message", "day", "message"]);
});

test("texts of one person are a run, until somebody else speaks or five minutes pass", () => {
	const timeline = timelineOf({}, { time: NOON + MINUTE }, { from: "bob" }, { time: NOON }, { time: NOON + 6 * MINUTE });
	const firsts = rowsOf(timeline, {}).filter((row) => row.kind === "message").map((row) => row.isFirst);
	equal(firsts, [true, false, true, true, true]);
});

test("an answer begins a run", () => {
	const timeline = timelineOf({}, { reply: { number: 1, from: "ana", text: "x" } });
	equal(rowsOf(timeline, {}).at(-1).isFirst, true);
});

test("comings and goings in a row are one row", () => {
	const timeline = timelineOf({ type: "join" }, { type: "leave", from: "bob" }, {}, { type: "join", from: "eva" });
	const rows = rowsOf(timeline, {});
	equal(rows.map((row) => row.kind), ["start", "day", "notices", "message", "notices"]);
	equal(rows[2].events.length, 2);
});

test("a folded row keeps its key and changes its mark when it grows", () => {
	const timeline = timelineOf({ type: "join" });
	const [before] = rowsOf(timeline, {}).slice(-1);
	timeline.add({ type: "join", from: "bob", number: 2, time: NOON });
	const [after] = rowsOf(timeline, {}).slice(-1);
	equal(before.key, after.key);
	isTrue(before.mark !== after.mark);
});

test("nobody is seen coming and going without notices, and runs go on over them", () => {
	const rows = rowsOf(timelineOf({}, { type: "join", from: "bob" }, {}), { notices: false });
	equal(rows.map((row) => [row.kind, row.isFirst ?? null]).slice(-2), [["message", true], ["message", false]]);
});

test("the line where one left off stands once, before the first text of somebody else", () => {
	const timeline = timelineOf({}, { from: "me" }, { from: "bob" }, {});
	equal(kinds(timeline, { leftOff: 1, isOwn: (event) => event.from === "me" }),
		["start", "day", "message", "message", "left-off", "message", "message"]);
	equal(kinds(timeline, { leftOff: 4 }).includes("left-off"), false);
});

test("gaps stand where something is missing, and the top one takes the place of the beginning", () => {
	const timeline = new Timeline();
	timeline.begin(100);
	timeline.addHistory([{ type: "message", number: 90, from: "ana", text: "x", time: NOON }], 101, false);
	timeline.addHistory([{ type: "message", number: 40, from: "ana", text: "x", time: NOON }], 50, false);
	equal(kinds(timeline), ["gap", "day", "message", "gap", "message"]);
});

test("places rise, and keys are unique", () => {
	const timeline = timelineOf({}, { type: "join" }, { from: "bob", time: NOON + 24 * 60 * MINUTE }, { type: "leave" }, {});
	timeline.addNote({ type: "note", text: "x", time: NOON });
	timeline.addNote({ type: "note", text: "the first of its day", time: NOON + 2 * 24 * 60 * MINUTE });
	timeline.gaps.push({ after: 3, before: 5 });
	const rows = rowsOf(timeline, { leftOff: 1, waiting: [{ id: "a" }, { id: "b" }] });
	for (const [index, row] of rows.entries()) if (index > 0) isTrue(row.at >= rows[index - 1].at, row.key);
	equal(new Set(rows.map((row) => row.key)).size, rows.length);
});

test("waiting lines stand at the end, in their order", () => {
	const rows = rowsOf(timelineOf({}), { waiting: [{ id: "a" }, { id: "b", refused: "no" }] });
	equal(rows.slice(-2).map((row) => [row.kind, row.key, row.mark ?? null]), [["waiting", "a", null], ["waiting", "b", "no"]]);
});

test("who came and went again, or went and is back, is not told", () => {
	equal(foldNotices([
		{ type: "join", from: "ana" }, { type: "leave", from: "ana" },
		{ type: "leave", from: "bob" }, { type: "join", from: "bob" },
		{ type: "join", from: "eva" }, { type: "rename", from: "eva", to: "Eva" },
		{ type: "leave", from: "teo", to: "obra" }, { type: "rename", from: "luz", to: "Luz" },
	]), { joined: ["Eva"], left: [["teo", "obra"]], renamed: [["luz", "Luz"]] });
});
