// Commands: a line that begins with a slash becomes a message to the server or an answer of the page.

/** Those the page obeys, with their arguments, as `/help` lists them. */
export const COMMANDS = [
  ["/help", ""], ["/nick", "NAME"], ["/rooms", ""], ["/join", "ROOM"], ["/leave", "[ROOM]"], ["/who", ""],
  ["/msg", "NAME TEXT"], ["/reply", "NAME|#N TEXT"], ["/history", ""], ["/search", "WORDS"],
  ["/delete", "#N"], ["/register", "PASSWORD"], ["/login", "NAME PASSWORD"],
  ["/password", "OLD NEW"], ["/quit", ""],
];

/** Commands of the protocol that have no message on this wire. */
const ELSEWHERE = new Set([
  "unregister", "kick", "ban", "unban", "bans", "mute", "unmute", "announce", "role",
]);

/** True if a line carries, or may carry, a password: never kept as a draft nor recalled. */
export function isSecret(text) {
  return /^\s*\/(?:register|login|password|unregister)\b/i.test(text);
}

/**
 * Reads one line of the composer.
 *
 * Returns `{ say }`, `{ send }` (a message for the server), `{ local, ... }` (something the page
 * does) or `{ error }`. `names` are those of the people one may mean, `lastFrom` finds somebody's
 * last message.
 */
export function readLine(text, { room, names = [], lastFrom = () => undefined }) {
  const line = text.trimStart();
  if (!line.startsWith("/")) return { say: text };
  if (line.startsWith("//")) return { say: line.slice(1) };
  const [, verb, rest] = /^\/(\S*)\s*([^]*)$/.exec(line.trimEnd());
  const words = rest === "" ? [] : rest.split(/\s+/);
  const word = words[0];
  switch (verb.toLowerCase()) {
    case "help": case "rooms": case "who": case "quit":
      return { local: verb.toLowerCase() };
    case "nick":
      return rest ? { send: { type: "rename", name: unquoted(rest) } } : wrong(verb);
    case "join":
      return words.length === 1 ? { local: "join", room: word } : wrong(verb);
    case "leave":
      return { local: "leave", room: word ?? room };
    case "history":
      return { local: "history" };
    case "search":
      return rest ? { local: "search", words: rest } : wrong(verb);
    case "msg":
      return message(rest, names);
    case "reply":
      return reply(rest, names, lastFrom);
    case "delete":
      return /^#?\d+$/.test(rest) ? { send: { type: "delete", number: numberOf(rest) } } : wrong(verb);
    case "register":
      return words.length === 1 || words.length === 2
        ? { send: { type: "register", ...(words.length === 2 && { name: word }), password: words.at(-1) } }
        : wrong(verb);
    case "login":
      return login(rest);
    case "password":
      return words.length === 2 ? { send: { type: "password", password: word, new: words[1] } } : wrong(verb);
    default:
      return { error: ELSEWHERE.has(verb.toLowerCase()) ? "elsewhere" : "unknown-command", verb };
  }
}

function wrong(verb) {
  return { error: "bad-arguments", verb: verb.toLowerCase() };
}

function numberOf(text) {
  return Number(text.replace("#", ""));
}

function unquoted(text) {
  return text.replace(/^"(.*)"$/, "$1");
}

function login(rest) {
  const match = /^(?:"([^"]+)"|(.+?))\s+(\S+)$/.exec(rest);
  return match ? { send: { type: "login", name: match[1] ?? match[2], password: match[3] } } : wrong("login");
}

function message(rest, names) {
  const addressed = nameAndText(rest, names);
  if (!addressed?.text) return addressed?.error ? addressed : wrong("msg");
  return { local: "whisper", to: addressed.name, text: addressed.text };
}

function reply(rest, names, lastFrom) {
  const numbered = /^#(\d+)\s+([^]+)$/.exec(rest);
  if (numbered) return { say: numbered[2], reply: Number(numbered[1]) };
  const addressed = nameAndText(rest, names);
  if (!addressed?.text) return addressed?.error ? addressed : wrong("reply");
  const answered = lastFrom(addressed.name);
  return answered ? { say: addressed.text, reply: answered.number } : { error: "unknown-message", verb: "reply" };
}

/**
 * Takes the name in front of a text: in double quotes, or one word with the bus's parentheses
 * behind it. A longer name that stands there without quotes is an error, not a guess.
 */
export function nameAndText(rest, names) {
  const quoted = /^"([^"]+)"\s*([^]*)$/.exec(rest);
  if (quoted) return { name: quoted[1], text: quoted[2] };
  const match = /^(\S+(?: \([^()]+\))?)(?:\s+([^]*))?$/.exec(rest);
  if (!match) return null;
  const start = rest.toLowerCase();
  const isLonger = (name) => name.length > match[1].length && start.startsWith(`${name.toLowerCase()} `);
  if (names.some(isLonger)) return { error: "quote-name" };
  return { name: match[1], text: match[2] ?? "" };
}
