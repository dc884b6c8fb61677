// What one does with messages, by pointer and by keyboard.

import { chat, reveal, send } from "../connection/chat.js";
import { lines, removeLine, retryLine } from "../connection/outbox.js";
import { words } from "../words/words.js";
import * as composer from "./composer.js";
import { byId, listen } from "./dom.js";

const log = byId("log");

listen(log, "click", ({ target }) => {
	const button = target.closest("button");
	const { number, line } = { ...target.closest("article")?.dataset, ...button?.dataset };
	const does = (name) => button?.classList.contains(name);
	if (does("reply")) answer(number);
	if (does("quote")) reveal(chat.current, Number(number));
	if (does("remove") && confirm(words.removeAsk)) send({ type: "delete", number: Number(number) });
	if (does("again")) retryLine(lines.find(({ id }) => id === line));
	if (does("discard")) removeLine(line);
});

listen(log, "keydown", (event) => {
	const article = event.target.closest("article");
	if (event.ctrlKey || event.metaKey || event.altKey) return;
	if (event.key === "ArrowUp") neighbourOf(article, -1)?.focus();
	else if (event.key === "ArrowDown") neighbourOf(article, 1)?.focus();
	else if (event.key === "Escape") composer.focus();
	else if (event.key.toLowerCase() === "r") answer(article?.dataset.number);
	else return;
	event.preventDefault();
});

function answer(number) {
	const event = chat.current.timeline.find(Number(number));
	if (event) composer.answer(event);
}

// Without one, the last on screen.
function neighbourOf(article, step) {
	const articles = [...log.querySelectorAll("article")];
	if (article) return articles[articles.indexOf(article) + step];
	return articles.findLast(({ offsetTop }) => offsetTop < log.scrollTop + log.clientHeight - 40);
}
