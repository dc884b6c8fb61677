// What one can do with the messages of the log, by pointer and by keyboard.

import { words } from "../words/words.js";
import { byId } from "./dom.js";

export function startLogActions(client, { composer }) {
  const log = byId("log");
  const eventOf = (article) => client.current.timeline.find(Number(article?.dataset.number));
  const answer = (article) => {
    const event = eventOf(article);
    if (!event) return;
    composer.setAnswer(event);
    composer.field.focus();
  };

  log.addEventListener("click", ({ target }) => {
    const article = target.closest("article");
    const line = client.outbox.lines.find(({ id }) => id === article?.dataset.line);
    const button = target.closest("button");
    if (!button) return;
    if (button.matches(".reply")) answer(article);
    if (button.matches(".quote")) client.reveal(client.current, Number(button.dataset.number));
    if (button.matches(".remove") && confirm(words.confirmRemove)) {
      client.send({ type: "delete", number: Number(article.dataset.number) });
    }
    if (button.matches(".again")) client.outbox.retry(line);
    if (button.matches(".discard")) client.outbox.remove(line.id);
  });

  log.addEventListener("keydown", (event) => {
    const article = document.activeElement.closest("article");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step) {
      event.preventDefault();
      neighbour(log, article, step)?.focus();
    } else if (event.key === "Escape") composer.field.focus();
    else if (event.key.toLowerCase() === "r" && article && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      answer(article);
    }
  });

  // Only the buttons of the message that has the focus can be reached by Tab: 500 others are passed over.
  const setReachable = (article, isReachable) => {
    for (const button of article?.querySelectorAll(".actions button") ?? []) button.tabIndex = isReachable ? 0 : -1;
  };
  log.addEventListener("focusin", ({ target }) => setReachable(target.closest("article"), true));
  log.addEventListener("focusout", ({ target }) => setReachable(target.closest("article"), false));
}

/** The message before or behind the one that has the focus; at first the last one on screen. */
function neighbour(log, article, step) {
  const articles = [...log.querySelectorAll("article")];
  if (article) return articles[articles.indexOf(article) + step];
  const { bottom } = log.getBoundingClientRect();
  return articles.findLast((candidate) => candidate.getBoundingClientRect().bottom <= bottom + 1);
}
