import { Timeline, firstIndex } from "../page/core/timeline.js";
import { equal, isTrue, seeded, test } from "./testing.js";

const message = (number, from = "ana", more = {}) =>
	({ type: "message", number, from, text: `text ${number}`, time: number * 1000, ...more });
const numbers = (timeline) => timeline.events.map((event) => event.number);
const page = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

test("the first entry that fits is found at every place", () => {
	for (let length = 0; length < 20; length += 1) {
		const list = Array.from({ length }, (_, index) => index);
		for (let wanted = 0; wanted <= length; wanted += 1) equal(firstIndex(list, (entry) => entry >= wanted), wanted);
	}
});

test("events stand by their numbers, and once, whatever order they come in", () => {
	const random = seeded(7);
	for (let round = 0; round < 50; round += 1) {
		const timeline = new Timeline();
		for (let count = 0; count < 100; count += 1) timeline.add(message(1 + Math.floor(random() * 40)));
		const found = numbers(timeline);
		equal(found, [...new Set(found)].sort((a, b) => a - b));
	}
});

test("an event is news only once", () => {
	const timeline = new Timeline();
	equal([timeline.add(message(5)), timeline.add(message(5)), timeline.add(message(4))], [true, false, false]);
	equal(timeline.last, 5);
});

test("an edit changes the text it corrects", () => {
	const timeline = new Timeline();
	timeline.add(message(1));
	timeline.add({ type: "edit", number: 2, of: 1, from: "ana", text: "better" });
	equal([timeline.events.length, timeline.find(1).text, timeline.find(1).isEdited, timeline.last], [1, "better", true, 2]);
});

test("an edit of something unknown stands for itself", () => {
	const timeline = new Timeline();
	timeline.add({ type: "edit", number: 9, from: "ana", text: "better", time: 0 });
	equal([timeline.find(9).type, timeline.find(9).isEdited], ["message", true]);
});

test("an edit of what is not loaded shows nothing", () => {
	const timeline = new Timeline();
	isTrue(!timeline.add({ type: "edit", number: 9, of: 3, from: "ana", text: "better" }));
	equal([timeline.events.length, timeline.last], [0, 9]);
});

test("a deletion takes the text away and tells who did it", () => {
	const timeline = new Timeline();
	timeline.add(message(1));
	timeline.add({ type: "delete", number: 2, of: 1, from: "bob" });
	equal([timeline.find(1).text, timeline.find(1).deleted], ["", "bob"]);
	// As the server tells it in the history.
	timeline.addHistory([{ ...message(0.5), text: "[deleted by bob]", deleted: "bob" }], 1, true);
	equal(timeline.unreadAfter(0, () => false), 0);
});

test("a room that begins at a number has a gap below", () => {
	const timeline = new Timeline();
	timeline.begin(50);
	equal([timeline.gaps, timeline.isComplete, timeline.last], [[{ after: 0, before: 51 }], false, 50]);
	timeline.begin(90);
	equal(timeline.last, 50);
});

test("an empty room is complete", () => {
	const timeline = new Timeline();
	timeline.begin(0);
	isTrue(timeline.isComplete);
});

test("pages of history close the gap from its newer end", () => {
	const timeline = new Timeline();
	timeline.begin(50);
	timeline.addHistory(page(31, 50), 51, false);
	equal(timeline.gaps, [{ after: 0, before: 31 }]);
	timeline.addHistory(page(1, 30), 31, true);
	equal([timeline.gaps, timeline.isComplete, timeline.events.length], [[], true, 50]);
});

test("history and live events may overlap", () => {
	const timeline = new Timeline();
	timeline.begin(10);
	timeline.add(message(11));
	timeline.addHistory(page(5, 11), 12, false);
	equal(numbers(timeline), [5, 6, 7, 8, 9, 10, 11]);
});

test("a page in the middle leaves a gap on each side", () => {
	const timeline = new Timeline();
	timeline.begin(1000);
	timeline.addHistory(page(901, 1000), 1001, false);
	timeline.addHistory(page(400, 499), 500, false);
	equal(timeline.gaps, [{ after: 0, before: 400 }, { after: 499, before: 901 }]);
	timeline.cover(500, 901);
	equal(timeline.gaps, [{ after: 0, before: 400 }]);
});

test("an empty page ends the search, so that it is not asked for again", () => {
	const timeline = new Timeline();
	timeline.begin(10);
	timeline.addHistory([], 11, false);
	isTrue(timeline.isComplete);
});

test("covering agrees with a model", () => {
	const random = seeded(11);
	for (let round = 0; round < 200; round += 1) {
		const timeline = new Timeline();
		const known = new Set();
		for (let step = 0; step < 6; step += 1) {
			const low = Math.floor(random() * 60);
			const high = low + Math.floor(random() * 20);
			timeline.cover(low, high);
			for (let number = low; number < high; number += 1) known.add(number);
		}
		for (let number = 1; number < 90; number += 1) {
			const isUnknown = timeline.gaps.some((gap) => gap.after < number && number < gap.before);
			equal([number, isUnknown], [number, !known.has(number)]);
		}
	}
});

test("notes stand behind what was there, and before what comes next", () => {
	const timeline = new Timeline();
	timeline.add(message(1));
	timeline.addNote({ type: "note", text: "a" });
	timeline.addNote({ type: "skipped", count: 4 });
	timeline.add(message(2));
	equal(timeline.events.map((event) => event.type), ["message", "note", "skipped", "message"]);
});

test("a timeline that is cleared knows nothing", () => {
	const timeline = new Timeline();
	timeline.begin(5);
	timeline.addNote({ text: "note" });
	timeline.clear();
	equal(timeline, new Timeline());
});

test("unread are the texts of others behind a number, 100 at most", () => {
	const timeline = new Timeline();
	for (const event of page(1, 10)) timeline.add(event);
	timeline.add(message(11, "me"));
	timeline.add({ type: "join", number: 12, from: "bob", time: 0 });
	const isOwn = (event) => event.from === "me";
	equal([timeline.unreadAfter(0, isOwn), timeline.unreadAfter(8, isOwn), timeline.unreadAfter(12, isOwn)], [10, 2, 0]);
	for (const event of page(13, 400)) timeline.add(event);
	equal(timeline.unreadAfter(0, isOwn), 100);
});

test("memory is bounded, and what was dropped is a gap again", () => {
	const timeline = new Timeline();
	timeline.begin(0);
	for (let number = 1; number <= 21_002; number += 1) timeline.add(message(number));
	isTrue(timeline.events.length <= 21_000);
	equal([timeline.isComplete, timeline.gaps[0].before], [false, timeline.events[0].number]);
});
