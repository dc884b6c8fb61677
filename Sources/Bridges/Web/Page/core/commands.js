// A line that begins with a slash becomes a message to the server, or something the page does.

const LOCAL = {
	help: /^$/, rooms: /^$/, who: /^$/, quit: /^$/, history: /^/, me: /./, join: /^(?<room>\S+)$/, leave: /^(?<room>\S*)$/,
	search: /^(?<words>.+)$/s, msg: /^(?<rest>.+)$/s, reply: /^(?:#(?<number>\d+)\s+(?<say>.+)|(?<rest>.+))$/s,
};
const SENT = {
	nick: /^"?(?<name>.+?)"?$/, delete: /^#?(?<number>\d+)$/, register: /^(?:(?<name>\S+)\s+)?(?<password>\S+)$/,
	login: /^"?(?<name>.+?)"?\s+(?<password>\S+)$/, password: /^(?<password>\S+)\s+(?<new>\S+)$/,
	unregister: /^(?<password>\S+)$/,
};

/** True of what may carry a password: never kept as a draft, never recalled. */
export const isSecret = (text) => /^\s*\/(register|login|password|unregister)\b/i.test(text);

/** `{ say, reply? }`, `{ send }` (a message for the server), `{ local }` (for the page) or `{ error, verb }`. */
export function readLine(text, own, names, events) {
	const line = text.trim();
	if (!line.startsWith("/")) return { say: text };
	if (line.startsWith("//")) return { say: line.slice(1) };
	const [, typed, rest] = /^\/(\S*)\s*(.*)$/s.exec(line);
	const verb = typed.toLowerCase();
	const commands = Object.hasOwn(LOCAL, verb) ? LOCAL : SENT;
	// Those of moderators and admins.
	if (!Object.hasOwn(commands, verb)) return { send: { type: "command", line: line.slice(1) } };
	const match = commands[verb].exec(rest);
	if (!match) return { error: "bad-arguments", verb };
	const { number, ...found } = match.groups ?? {};
	const fields = number ? { ...found, number: Number(number) } : found;
	if (verb === "me") return { say: `* ${own} ${rest}` };
	if (commands === SENT) return { send: { type: verb === "nick" ? "rename" : verb, ...fields } };
	if (number) return { say: found.say, reply: fields.number };
	if (!found.rest) return { local: verb, ...found };
	const { error, to, said } = addressed(found.rest, names);
	if (error) return { error, verb };
	if (verb === "msg") return { local: verb, to, said };
	const isMeant = ({ type, from }) => type === "message" && from.toLowerCase() === to.toLowerCase();
	const reply = events.findLast(isMeant)?.number;
	return reply ? { say: said, reply } : { error: "unknown-message", verb };
}

// The name in front: in quotes, or a word with the bus's parentheses. A longer one is not guessed at.
function addressed(rest, names) {
	const [, quoted, word, said] = /^(?:"([^"]+)"|(\S+(?: \([^()]+\))?))\s+(.+)$/s.exec(rest) ?? [];
	const isCut = (name) => name.length > word.length && rest.toLowerCase().startsWith(`${name} `.toLowerCase());
	if (word && names.some(isCut)) return { error: "quote-name" };
	return said ? { to: quoted ?? word, said } : { error: "bad-arguments" };
}
