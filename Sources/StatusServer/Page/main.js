// Asks the daemon how it is, every few seconds, and shows it.

import { duration, moment, number, size } from "./format.js";
import { Plot } from "./plot.js";
import { tell, words } from "./words.js";

/** Milliseconds between two looks, and between two looks at the last hour, which changes every 5 s. */
const [pause, longPause] = [2000, 5000];
/** Bridges with a line of their own; the quieter ones share the last. */
const maxLines = 6;

const find = (selector) => document.querySelector(selector);
for (const element of document.querySelectorAll("[data-word]")) element.textContent = words[element.dataset.word];

const plots = {
	rates: new Plot(find("#rates"), number, 1),
	waiting: new Plot(find("#waiting"), number, 10),
	delay: new Plot(find("#delay"), duration, 0.001),
};

function make(name, text = "", className = "") {
	return Object.assign(document.createElement(name), { textContent: text, className });
}

function row(name, value, detail) {
	const [element, answer] = [make("div"), make("dd", value)];
	if (detail) answer.append(make("small", detail));
	element.append(make("dt", name), answer);
	return element;
}

/** Seconds from a time of the daemon's to its present. */
const secondsSince = (time, now) => Math.max(0, (Date.parse(now) - Date.parse(time)) / 1000);

function showBridges(status, now) {
	const rows = status.bridges.map((bridge) => {
		const element = make("tr");
		const condition = make("td");
		condition.append(make("span", words[bridge.state], `condition ${bridge.state}`));
		const details = [tell("since", duration(secondsSince(bridge.since, now)))];
		if (bridge.optional) details.push(words.isOptional);
		if (bridge.reason) details.push(bridge.reason);
		condition.append(make("small", details.join(" · ")));
		element.append(make("td", bridge.name), condition);
		const cell = (label, value, detail) => {
			const data = make("td", value === undefined ? "–" : number(value), "number");
			data.dataset.label = words[label];
			if (detail) data.append(make("small", detail));
			element.append(data);
		};
		cell("rate", bridge.messagesPerSecond);
		cell("waits", bridge.waiting, bridge.waiting ? tell("oldest", duration(bridge.oldestWaitingSeconds)) : "");
		cell("connections", bridge.connections);
		cell("passed", bridge.passed);
		cell("dropped", bridge.dropped);
		return element;
	});
	find("#bridges tbody").replaceChildren(...rows);
}

function showRest(status, now) {
	if (status.rooms) {
		find("#rooms").replaceChildren(
			...status.rooms.map((room) => row(room.name, tell("people", number(room.people)).replace(/^1 .*/, () => words.people[0]))));
	}
	const { store, reload } = status;
	const state = make("div");
	state.append(make("dt", words[store.state], store.state === "none" ? "" : `condition ${store.state}`));
	const rows = [state];
	if (store.state !== "none") {
		rows.push(
			row(words.pending, size(store.backlogBytes)), row(words.committed, `#${number(store.committedNumber)}`));
	}
	find("#store").replaceChildren(...rows);
	const configuration = [row(words.taken, moment(reload.since))];
	if (!reload.successful) {
		const refusal = make("div");
		const sentence = make("dt", words.refused, "failed");
		if (reload.reason) sentence.append(make("small", reload.reason));
		refusal.append(sentence);
		configuration.push(refusal);
	}
	find("#reload").replaceChildren(...configuration);
	const files = status.files ?? [];
	find("#files").hidden = !files.length;
	find("#file-list").replaceChildren(
		...files.map((file) => row(file.path, size(file.behindBytes), duration(file.unreadSeconds))));
	const errors = status.errors ?? [];
	find("#errors").hidden = !errors.length;
	find("#error-list").replaceChildren(...errors.map((error) => {
		const [item, time, text] = [make("li"), make("time", moment(error.time)), make("p", "", error.level)];
		time.dateTime = error.time;
		if (error.bridge) text.append(make("b", `${error.bridge}: `));
		text.append(error.sentence);
		item.append(time, text);
		return item;
	}));
}

function show(status) {
	const now = status.time ?? new Date().toISOString();
	const state = find("#state");
	state.dataset.state = status.ready ? "ready" : "unready";
	state.textContent = status.ready ? words.isReady : words.isUnready;
	document.title = status.ready ? status.name : `⚠ ${status.name}`;
	find("#facts").textContent =
		`${tell("version", status.version)} · ${tell("up", duration(secondsSince(status.started, now)))}`;
	find("#problems").hidden = status.ready;
	find("#problems").replaceChildren(...status.problems.map((problem) => make("li", problem)));
	showBridges(status, now);
	showRest(status, now);
	document.body.classList.remove("stale");
}

function showSilence() {
	find("#state").dataset.state = "unknown";
	find("#state").textContent = words.isUnknown;
	document.body.classList.add("stale");
}

/** The busiest series, and the sum of the others. */
function busiest(names, values) {
	const weight = (line) => line.reduce((sum, value) => sum + (value ?? 0), 0);
	const lines = names.map((name, index) => ({ name, values: values[index] }));
	if (lines.length <= maxLines) return lines;
	const order = [...lines].sort((one, other) => weight(other.values) - weight(one.values));
	const first = order.slice(0, maxLines - 1);
	const rest = order.slice(maxLines - 1);
	const sum = rest[0].values.map((_, at) => rest.reduce((total, line) => total + (line.values[at] ?? 0), 0));
	return [...lines.filter((line) => first.includes(line)), { name: `+${rest.length}`, values: sum }];
}

function showHistory(history) {
	plots.rates.show(history.times, busiest(history.bridges, history.rates));
	plots.waiting.show(history.times, busiest(history.bridges, history.waiting));
	plots.delay.show(history.times, [
		{ name: words.median, values: history.median }, { name: words.slowest, values: history.slowest },
	]);
}

async function ask(path) {
	const answer = await fetch(path, { signal: AbortSignal.timeout(8000) });
	if (!answer.ok) throw new Error(answer.statusText);
	return answer.json();
}

/** Does something again and again while the page is seen. */
async function repeat(action, milliseconds) {
	while (true) {
		if (document.visibilityState === "visible") await action().catch(showSilence);
		await new Promise((resolve) => setTimeout(resolve, milliseconds));
	}
}

repeat(async () => show(await ask("status.json")), pause);
repeat(async () => showHistory(await ask("history.json")), longPause);
