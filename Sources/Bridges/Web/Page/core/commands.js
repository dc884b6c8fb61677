// A line that begins with a slash becomes a message to the server, or something the page does.

/** Commands of other bridges that this wire has not. */
const ELSEWHERE = /^(unregister|kick|ban|unban|bans|mute|unmute|announce|role)$/;

/** True of what may carry a password: never kept as a draft, never recalled. */
export const isSecret = (text) => /^\s*\/(register|login|password|unregister)\b/i.test(text);

/**
 * Reads a line: `{ say, reply? }`, `{ send }` (a message for the server), `{ local }` (something the
 * page does) or `{ error, verb }`. `names` are those one may mean, `events` what was said here.
 */
export function readLine(text, { room, names = [], events = [] }) {
	const line = text.trim();
	if (!line.startsWith("/")) return { say: text };
	if (line.startsWith("//")) return { say: line.slice(1) };
	const verb = /^\/(\S*)/.exec(line)[1].toLowerCase();
	const rest = line.slice(verb.length + 1).trim();
	const words = rest.split(/\s+/).filter(Boolean);
	const [first, second] = words;
	const count = words.length;
	const send = (isRight, message) => (isRight ? { send: { type: verb, ...message } } : { error: "bad-arguments", verb });
	const local = (isRight, more) => (isRight ? { local: verb, ...more } : { error: "bad-arguments", verb });
	switch (verb) {
		case "help": case "rooms": case "who": case "history": case "quit":
			return local(true);
		case "join":
			return local(count === 1, { room: first });
		case "leave":
			return local(count < 2, { room: first ?? room });
		case "search":
			return local(count > 0, { words: rest });
		case "nick":
			return send(count > 0, { type: "rename", name: rest.replace(/^"(.*)"$/, "$1") });
		case "delete":
			return send(/^#?\d+$/.test(rest), { number: Number(rest.replace("#", "")) });
		case "register":
			return send(count === 1 || count === 2, { name: count === 2 ? first : undefined, password: words.at(-1) });
		case "login": {
			const [, name, password] = /^(.+?)\s+(\S+)$/.exec(rest) ?? [];
			return send(password, { name: name?.replaceAll('"', ""), password });
		}
		case "password":
			return send(count === 2, { password: first, new: second });
		case "msg": {
			const { error, name, text: said } = nameAndText(rest, names);
			return error ? { error, verb } : local(said, { to: name, text: said });
		}
		case "reply":
			return readReply(rest, names, events);
		default:
			return { error: ELSEWHERE.test(verb) ? "elsewhere" : "unknown-command", verb };
	}
}

function readReply(rest, names, events) {
	const verb = "reply";
	const numbered = /^#(\d+)\s+(.+)$/s.exec(rest);
	if (numbered) return { say: numbered[2], reply: Number(numbered[1]) };
	const { error, name, text } = nameAndText(rest, names);
	if (error || !text) return { error: error ?? "bad-arguments", verb };
	const isMeant = ({ type, from }) => type === "message" && from.toLowerCase() === name.toLowerCase();
	const answered = events.findLast(isMeant);
	return answered ? { say: text, reply: answered.number } : { error: "unknown-message", verb };
}

/**
 * Takes the name in front of a text: in double quotes, or one word with the bus's parentheses behind
 * it. Where a longer name stands there without quotes, nothing is guessed.
 */
function nameAndText(rest, names) {
	const [, quoted, plain, text] = /^(?:"([^"]+)"|(\S+(?: \([^()]+\))?))(?:\s+(.+))?$/s.exec(rest) ?? [];
	const start = rest.toLowerCase();
	const isCut = plain && names.some((name) => name.length > plain.length && start.startsWith(`${name} `.toLowerCase()));
	return isCut ? { error: "quote-name" } : { name: quoted ?? plain, text };
}
