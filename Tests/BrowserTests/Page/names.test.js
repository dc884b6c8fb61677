import { completionsOf, isMentioned } from "../page/core/names.js";
import { equal, test } from "./testing.js";

const NAMES = ["ana", "Ana María", "bob", "Eva (telegram)"];

test("a name that begins with the word before the cursor completes it", () => {
	equal(completionsOf("bo", 2, NAMES), { start: 0, names: ["bob: "] });
	equal(completionsOf("hola e", 6, NAMES), { start: 5, names: ["Eva (telegram) "] });
	equal(completionsOf("hola @b, ¿qué?", 7, NAMES), { start: 5, names: ["bob "] });
});

test("all names that fit are offered, in order", () => {
	equal(completionsOf("an", 2, NAMES).names, ["Ana María: ", "ana: "]);
});

test("nothing is completed without a word or a name for it", () => {
	for (const [text, cursor] of [["", 0], ["hola ", 5], ["x", 1], ["@", 1]]) equal(completionsOf(text, cursor, NAMES), null);
});

test("somebody is meant where the name is a word of its own", () => {
	for (const text of ["ana", "Hola, ANA!", "¿ana?", "(ana)", "dile a ana: ven"]) equal([text, isMentioned(text, "Ana")], [text, true]);
	for (const text of ["mañana", "anatomía", "ana_", "banana", ""]) equal([text, isMentioned(text, "ana")], [text, false]);
});

test("names with signs are taken literally", () => {
	equal([isMentioned("oye, a.b+c!", "a.b+c"), isMentioned("axb+c", "a.b+c"), isMentioned("x", null)], [true, false, false]);
	for (const name of ["a'b", "a-b", "~a~", "$^*?|\\", "Ana María"]) equal([name, isMentioned(`a ${name} b`, name)], [name, true]);
});
