// A line that begins with a slash becomes a message to the server, or something the page does.

/** Commands of other bridges that this wire has not. */
const ELSEWHERE = /^(unregister|kick|ban|unban|bans|mute|unmute|announce|role)$/;

/** True of what may carry a password: never kept as a draft, never recalled. */
export const isSecret = (text) => /^\s*\/(register|login|password|unregister)\b/i.test(text);

/** Arguments of each command: as they must look, and what becomes of them. */
const commands = {
	help: [/^$/, () => ({ local: "help" })],
	rooms: [/^$/, () => ({ local: "rooms" })],
	who: [/^$/, () => ({ local: "who" })],
	quit: [/^$/, () => ({ local: "quit" })],
	history: [/^/, () => ({ local: "history" })],
	join: [/^(\S+)$/, ([room]) => ({ local: "join", room })],
	leave: [/^(\S+)?$/, ([room], here) => ({ local: "leave", room: room ?? here.room })],
	search: [/^(.+)$/s, ([words]) => ({ local: "search", words })],
	nick: [/^"?(.+?)"?$/, ([name]) => ({ send: { type: "rename", name } })],
	delete: [/^#?(\d+)$/, ([number]) => ({ send: { type: "delete", number: Number(number) } })],
	register: [/^(?:(\S+)\s+)?(\S+)$/, ([name, password]) => ({ send: { type: "register", name, password } })],
	login: [/^"?(.+?)"?\s+(\S+)$/, ([name, password]) => ({ send: { type: "login", name, password } })],
	password: [/^(\S+)\s+(\S+)$/, ([password, next]) => ({ send: { type: "password", password, new: next } })],
	msg: [/^(.+)$/s, ([rest], here) => addressed(rest, here, ({ to, text }) => ({ local: "msg", to, text }))],
	reply: [/^(?:#(\d+)\s+(.+)|(.+))$/s, ([number, say, rest], here) =>
		number ? { say, reply: Number(number) } : addressed(rest, here, (line) => replyTo(line, here))],
};

/**
 * Reads a line: `{ say, reply? }`, `{ send }` (a message for the server), `{ local }` (something the
 * page does) or `{ error, verb }`. `here`: the `room`, the `names` one may mean, the `events`.
 */
export function readLine(text, here) {
	const line = text.trim();
	if (!line.startsWith("/")) return { say: text };
	if (line.startsWith("//")) return { say: line.slice(1) };
	const [, typed, rest] = /^\/(\S*)\s*(.*)$/s.exec(line);
	const verb = typed.toLowerCase();
	if (!Object.hasOwn(commands, verb)) return { error: ELSEWHERE.test(verb) ? "elsewhere" : "unknown-command", verb };
	const [pattern, make] = commands[verb];
	const match = pattern.exec(rest);
	return { verb, ...(match ? make(match.slice(1), here) : { error: "bad-arguments" }) };
}

/**
 * Takes the name in front of a text: in double quotes, or one word with the bus's parentheses behind
 * it. Where a longer name stands there without quotes, nothing is guessed.
 */
function addressed(rest, { names }, make) {
	const [, quoted, word, text] = /^(?:"([^"]+)"|(\S+(?: \([^()]+\))?))\s+(.+)$/s.exec(rest) ?? [];
	const isCut = (name) => name.length > word.length && rest.toLowerCase().startsWith(`${name} `.toLowerCase());
	if (word && names.some(isCut)) return { error: "quote-name" };
	return text ? make({ to: quoted ?? word, text }) : { error: "bad-arguments" };
}

function replyTo({ to, text }, { events }) {
	const isMeant = ({ type, from }) => type === "message" && from.toLowerCase() === to.toLowerCase();
	const answered = events.findLast(isMeant);
	return answered ? { say: text, reply: answered.number } : { error: "unknown-message" };
}
