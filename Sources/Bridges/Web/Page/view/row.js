// Elements for the rows of the log.

import { chat, isMention, isOwn } from "../connection/chat.js";
import { partsOf } from "../core/links.js";
import { foldNotices } from "../core/rows.js";
import { clockOf, dateOf, dayOf, listOf, tell, words } from "../words/words.js";
import { el, iconButton, nameOf, timeOf } from "./dom.js";

const makers = {
	message: messageElement,
	waiting: waitingElement,
	notices: noticesElement,
	note: ({ event }) => el("div.notice.note", null, event.text),
	skipped: ({ event }) => el("div.notice", null, tell("skipped", event.count)),
	day: ({ time }) => el("h2.day", null, dayOf(time)),
	"left-off": () => el("div.left-off", { role: "separator" }, words.leftOff),
	gap: () => el("div.gap", null, words.loading),
	start({ mark: isEmpty }) {
		const { title, isPrivate } = chat.current;
		return el("div.start", null,
			el("strong", null, isPrivate ? title : tell("start", title)),
			isEmpty && words.empty);
	},
};

export const elementOf = (row) => makers[row.kind](row);

function messageElement({ event, isFirst }) {
	const { number, from, time, text, reply, isEdited, deleted } = event;
	const isMine = isOwn(event);
	const mayDelete = !chat.current.isPrivate && (isMine || /moderator|admin/.test(chat.role));
	const is = { first: isFirst, own: isMine, mention: isMention(event), edited: isEdited, deleted };
	const classes = Object.keys(is).filter((name) => is[name]);
	return el(["article", ...classes].join("."), { tabIndex: -1, "data-number": number },
		headOf(from, isFirst),
		timeOf(time, dateOf(time), clockOf(time)),
		reply && el("button.quote", { "data-number": reply.number }, nameOf(reply.from), nameOf(reply.text)),
		textElement(deleted ? tell("deleted", deleted) : text, isEdited),
		!deleted && el("div.actions", null,
			iconButton("reply", "reply", words.reply),
			mayDelete && iconButton("remove", "remove", words.remove)));
}

function headOf(from, isFirst) {
	const [, name, network] = /^(.*?)( \([^()]*\))?$/s.exec(from);
	return el(isFirst ? "div.from" : "div.from.hidden", null, nameOf(name), network && el("span", null, network));
}

function textElement(text, isEdited) {
	const parts = partsOf(text).map(({ text: part, href }) =>
		href ? el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, part) : part);
	return el("div.text", { dir: "auto" }, ...parts, isEdited && el("small", null, ` (${words.edited})`));
}

function waitingElement({ line: { id, time, text, refused } }) {
	return el(`article.first.own.${refused ? "refused" : "waiting"}`, { tabIndex: -1, "data-line": id },
		headOf(chat.name, true),
		timeOf(time, dateOf(time), refused ? "" : words.waiting),
		textElement(text),
		refused && el("div.reason", null, `${words.refused}: ${refused} `,
			el("button.again", null, words.retry),
			el("button.discard", null, words.discard)));
}

function noticesElement({ events }) {
	const { joined, left, renamed } = foldNotices(events);
	const gone = left.filter(([, room]) => !room).map(([name]) => name);
	const sentences = [
		joined.length > 0 && tell("joined", joined.length, listOf(joined)),
		gone.length > 0 && tell("left", gone.length, listOf(gone)),
		...left.map(([name, room]) => room && tell("leftFor", name, room)),
		...renamed.map((names) => tell("renamed", ...names)),
	];
	const text = sentences.filter(Boolean).join(" · ");
	return el("div.notice", { hidden: !text }, nameOf(text));
}
