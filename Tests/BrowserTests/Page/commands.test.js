import { isSecret, readLine } from "../page/core/commands.js";
import { equal, test } from "./testing.js";

const NAMES = ["ana", "Ana María", "operador (stdio)"];
const EVENTS = [
	{ type: "message", number: 3, from: "ana" }, { type: "message", number: 5, from: "ana" },
	{ type: "message", number: 6, from: "operador (stdio)" }, { type: "join", number: 7, from: "ana" },
];
const read = (text) => readLine(text, "ana", NAMES, EVENTS);

test("what does not begin with a slash is said as it stands", () => {
	equal(read("hola /help"), { say: "hola /help" });
	equal(read("  two\nlines "), { say: "  two\nlines " });
});

test("two slashes say one", () => equal(read("//etc/hosts"), { say: "/etc/hosts" }));

test("each command becomes what it means", () => {
	const table = {
		"/help": { local: "help" }, "/rooms": { local: "rooms" }, "/who": { local: "who" }, "/quit": { local: "quit" },
		"/me saluda": { say: "* ana saluda" }, "/ME dos\nlíneas": { say: "* ana dos\nlíneas" },
		"/history": { local: "history" }, "/history 50": { local: "history" },
		"/join obra": { local: "join", room: "obra" },
		"/leave": { local: "leave", room: "" }, "/leave obra": { local: "leave", room: "obra" },
		"/search dos palabras": { local: "search", words: "dos palabras" },
		"/nick Ana María": { send: { type: "rename", name: "Ana María" } },
		'/nick "Ana María"': { send: { type: "rename", name: "Ana María" } },
		"/delete #12": { send: { type: "delete", number: 12 } }, "/delete 12": { send: { type: "delete", number: 12 } },
		"/register secreto12": { send: { type: "register", password: "secreto12" } },
		"/register ana secreto12": { send: { type: "register", name: "ana", password: "secreto12" } },
		"/login ana secreto12": { send: { type: "login", name: "ana", password: "secreto12" } },
		'/login "Ana María" secreto12': { send: { type: "login", name: "Ana María", password: "secreto12" } },
		"/password viejo nuevo": { send: { type: "password", password: "viejo", new: "nuevo" } },
		"/msg ana hola, ¿qué tal?": { local: "msg", to: "ana", said: "hola, ¿qué tal?" },
		'/msg "Ana María" hola': { local: "msg", to: "Ana María", said: "hola" },
		"/msg operador (stdio) gracias": { local: "msg", to: "operador (stdio)", said: "gracias" },
		"/reply ana sí": { say: "sí", reply: 5 }, "/reply ANA sí": { say: "sí", reply: 5 },
		"/reply #3 sí": { say: "sí", reply: 3 }, "/reply operador (stdio) gracias": { say: "gracias", reply: 6 },
	};
	for (const [text, expected] of Object.entries(table)) equal([text, read(text)], [text, expected]);
});

test("verbs are understood in any case, and blanks in front are dropped", () => {
	equal([read("  /HELP"), read("/Join obra ")], [{ local: "help" }, { local: "join", room: "obra" }]);
});

test("what is missing or too much is an error, and nothing is said", () => {
	for (const text of ["/join", "/join a b", "/nick", "/msg", "/msg ana", "/reply", "/reply ana", "/reply #3", "/delete", "/delete ana",
		"/register", "/register a b c", "/login ana", "/password x", "/search", "/help me"]) {
		equal([text, read(text).error], [text, "bad-arguments"]);
	}
});

test("unknown commands are errors, and so are those of other bridges", () => {
	equal(read("/unregister secret"), { send: { type: "unregister", password: "secret" } });
	equal(read("/foo"), { send: { type: "command", line: "foo" } });
	equal(read(" /kick ana no more"), { send: { type: "command", line: "kick ana no more" } });
	equal(read("/constructor"), { send: { type: "command", line: "constructor" } });
	equal(read("/"), { send: { type: "command", line: "" } });
});

test("a longer name without quotes is not guessed at", () => {
	equal(read("/msg Ana María hola").error, "quote-name");
	equal(read("/msg Ana hola"), { local: "msg", to: "Ana", said: "hola" });
});

test("an answer to who has not spoken is an error", () => equal(read("/reply zoe hola").error, "unknown-message"));

test("lines with passwords are secret, mistyped or not", () => {
	for (const text of ["/login ana x", " /Register x", "/password a b", "/unregister x", "/login"]) equal([text, isSecret(text)], [text, true]);
	for (const text of ["login ana x", "/logins", "/msg ana /login"]) equal([text, isSecret(text)], [text, false]);
});
