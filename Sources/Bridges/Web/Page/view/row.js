// Elements for the rows of the log.

import { partsOf } from "../core/links.js";
import { foldNotices } from "../core/rows.js";
import { dayOf, fullTimeOf, listOf, timeOf, words } from "../words/words.js";
import { el, iconButton, nameOf } from "./dom.js";

/** Makes the element of a row. `client` tells whose a message is and who is meant. */
export function elementOf(row, client) {
  return makers[row.kind](row, client);
}

const makers = {
  message: ({ event, isFirst }, client) => messageElement(event, isFirst, client),
  waiting: ({ line }, client) => waitingElement(line, client),
  notices: ({ events }) => noticesElement(events),
  note: ({ event }) => el("div.notice.note", {}, event.text),
  skipped: ({ event }) => el("div.notice.skipped", {}, words.skipped(event.count)),
  day: ({ time }) => el("h2.day", {}, el("span", {}, dayOf(time))),
  "left-off": () => el("div.left-off", { role: "separator", "aria-label": words.leftOff }, el("span", {}, words.leftOff)),
  gap: ({ gap }) => el("div.gap", {}, gap.after === 0 ? words.loading : `··· ${words.gap} ···`),
  start: ({ mark }, client) => startElement(client.current, mark),
};

function startElement({ title, isPrivate }, isEmpty) {
  return el("div.start", {},
    el("strong", {}, isPrivate ? words.startPrivate(title) : words.start(title)),
    el("p", {}, isPrivate ? words.privateNote : isEmpty && words.empty));
}

function messageElement(event, isFirst, client) {
  const isOwn = client.isOwn(event);
  const article = el("article", { tabIndex: -1 });
  article.dataset.number = event.number;
  article.classList.toggle("own", Boolean(isOwn));
  article.classList.toggle("first", isFirst);
  article.classList.toggle("edited", Boolean(event.isEdited));
  article.classList.toggle("deleted", Boolean(event.deletedBy));
  article.classList.toggle("mention", client.isMention(event));
  article.append(headOf(event.from, event.bridge, isFirst), timeElement(event.time));
  if (event.deletedBy) article.append(el("div.text", {}, words.deleted(event.deletedBy)));
  else article.append(...quoteOf(event.reply), textElement(event.text, event.isEdited), actionsOf(event, isOwn, client));
  return article;
}

/** A run of one person shows the name once; for those who listen, it stands at each message. */
function headOf(from, bridge, isFirst) {
  // `Eva (telegram)`: the bus's parentheses are set apart from the name.
  const [, name, network] = /^(.*?)(?: \(([^()]*)\))?$/s.exec(from);
  return el(isFirst ? "div.from" : "div.from.hidden", { title: bridge },
    nameOf(name), network && el("span.network", {}, ` (${network})`));
}

function timeElement(time) {
  return el("time", { dateTime: new Date(time).toISOString(), title: fullTimeOf(time) }, timeOf(time));
}

function quoteOf(reply) {
  if (!reply) return [];
  const quote = el("button.quote", { type: "button" }, nameOf(reply.from, "b"), " ", nameOf(reply.text ?? ""));
  quote.dataset.number = reply.number;
  return [quote];
}

function textElement(text, isEdited) {
  const parts = partsOf(text).map((part) => (part.href ? linkElement(part) : part.text));
  return el("div.text", { dir: "auto" }, ...parts, isEdited && el("small", {}, ` (${words.edited})`));
}

function linkElement({ text, href }) {
  return el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, text);
}

function actionsOf(event, isOwn, client) {
  const mayDelete = !client.current.isPrivate && (isOwn || client.role === "moderator" || client.role === "admin");
  return el("div.actions", {},
    iconButton("reply", "reply", words.reply, { tabIndex: -1 }),
    mayDelete && iconButton("remove", "trash", words.remove, { tabIndex: -1 }));
}

function waitingElement(line, client) {
  const state = line.refused ? "refused" : "waiting";
  const article = el(`article.own.first.${state}`, { tabIndex: -1 });
  article.dataset.line = line.id;
  const label = client.socket.state === "online" ? words.waiting : words.waitingOffline;
  article.append(
    headOf(client.name ?? words.you, "", true),
    el("time", { dateTime: new Date(line.time).toISOString() }, line.refused ? "" : label),
    textElement(line.text));
  if (line.refused) {
    article.append(el("div.reason", { role: "alert" }, `${words.refused}: ${line.refused} `,
      el("button.again", { type: "button" }, words.tryAgain),
      el("button.discard", { type: "button" }, words.discard)));
  }
  return article;
}

function noticesElement(events) {
  const { joined, left, renamed } = foldNotices(events);
  const sentences = [];
  if (joined.length > 0) sentences.push(words.joined(listOf(joined), joined.length));
  const gone = left.filter((person) => !person.to).map((person) => person.name);
  if (gone.length > 0) sentences.push(words.left(listOf(gone), gone.length));
  for (const { name, to } of left) if (to) sentences.push(words.leftFor(name, to));
  for (const { from, to } of renamed) sentences.push(words.renamed(from, to));
  const text = sentences.join(" · ") || words.passing;
  return el("div.notice", { title: fullTimeOf(events.at(-1).time) }, el("bdi", {}, text));
}
