// What one does with the messages of the log, by pointer and by keyboard.

import { chat, reveal, send } from "../connection/chat.js";
import { removeLine, retryLine, waitingLines } from "../connection/outbox.js";
import { words } from "../words/words.js";
import { answer, focusComposer } from "./composer.js";
import { byId, listen } from "./dom.js";

export function startActions() {
	const log = byId("log");
	listen(log, "click", ({ target }) => {
		const button = target.closest("button");
		const number = Number(button?.dataset.number ?? target.closest("article")?.dataset.number);
		const line = waitingLines().find(({ id }) => id === target.closest("article")?.dataset.line);
		if (button?.matches(".reply")) answer(chat.current.timeline.find(number));
		if (button?.matches(".quote")) reveal(chat.current, number);
		if (button?.matches(".remove") && confirm(words.confirmRemove)) send({ type: "delete", number });
		if (button?.matches(".again")) retryLine(line);
		if (button?.matches(".discard")) removeLine(line.id);
	});
	listen(log, "keydown", (event) => {
		const article = event.target.closest("article");
		const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		if (step) neighbourOf(article, step)?.focus();
		else if (event.key === "Escape") focusComposer();
		else if (event.key.toLowerCase() === "r" && article?.dataset.number) {
			answer(chat.current.timeline.find(Number(article.dataset.number)));
		} else return;
		event.preventDefault();
	});
	// Tab reaches the buttons of the message that has the focus only: it passes over 500 others.
	for (const [event, tabIndex] of [["focusin", 0], ["focusout", -1]]) {
		listen(log, event, ({ target }) =>
			target.closest("article")?.querySelectorAll(".actions button").forEach((button) => (button.tabIndex = tabIndex)));
	}
}

/** The message before or behind one; without one, the last on screen. */
function neighbourOf(article, step) {
	const articles = [...document.querySelectorAll("#log article")];
	if (article) return articles[articles.indexOf(article) + step];
	const { bottom } = byId("log").getBoundingClientRect();
	return articles.findLast((candidate) => candidate.getBoundingClientRect().bottom <= bottom);
}
