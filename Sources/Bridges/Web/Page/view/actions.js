// What one does with the messages of the log, by pointer and by keyboard.

import { chat, reveal, send } from "../connection/chat.js";
import { lines, removeLine, retryLine } from "../connection/outbox.js";
import { words } from "../words/words.js";
import * as composer from "./composer.js";
import { byId, listen } from "./dom.js";

export function startActions() {
	listen("log", "click", ({ target }) => {
		const button = target.closest("button");
		const { number, line } = { ...target.closest("article")?.dataset, ...button?.dataset };
		if (button?.matches(".reply")) answerTo(number);
		if (button?.matches(".quote")) reveal(chat.current, Number(number));
		if (button?.matches(".remove") && confirm(words.removeAsk)) send({ type: "delete", number: Number(number) });
		if (button?.matches(".again")) retryLine(lines.find(({ id }) => id === line));
		if (button?.matches(".discard")) removeLine(line);
	});
	listen("log", "keydown", (event) => {
		const article = event.target.closest("article");
		const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (step) neighbourOf(article, step)?.focus();
		else if (event.key === "Escape") composer.focus();
		else if (event.key.toLowerCase() === "r") answerTo(article?.dataset.number);
		else return;
		event.preventDefault();
	});
	// Tab reaches the buttons of the message that has the focus only: it passes over 500 others.
	for (const [event, tabIndex] of [["focusin", 0], ["focusout", -1]]) {
		listen("log", event, ({ target }) => {
			for (const button of target.closest("article")?.querySelectorAll(".actions button") ?? []) button.tabIndex = tabIndex;
		});
	}
}

function answerTo(number) {
	const event = chat.current.timeline.find(Number(number));
	if (event) composer.answer(event);
}

/** The message before or behind one; without one, the last on screen. */
function neighbourOf(article, step) {
	const articles = [...document.querySelectorAll("#log article")];
	const { bottom } = byId("log").getBoundingClientRect();
	if (article) return articles[articles.indexOf(article) + step];
	return articles.findLast((candidate) => candidate.getBoundingClientRect().bottom <= bottom);
}
