// The language spoken here.

import { all } from "../view/dom.js";
import en from "./en.js";
import es from "./es.js";

const languages = { es, en };

export const words = {};
let clock, date, day, list;

export function speak(...wanted) {
	const tags = [...wanted, ...navigator.languages];
	const language = tags.map((tag) => tag?.slice(0, 2)).find((tag) => tag in languages) ?? "en";
	document.documentElement.lang = language;
	Object.assign(words, languages[language]);
	// en-GB and en-US write dates differently.
	const region = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
	const format = (dateStyle, timeStyle) => new Intl.DateTimeFormat(region, { dateStyle, timeStyle });
	[clock, date, day] = [format(undefined, "short"), format("medium", "short"), format("full")];
	list = new Intl.ListFormat(region);
	for (const element of all("[data-word]")) element.textContent = words[element.dataset.word];
	for (const element of all("[data-label]")) {
		element.ariaLabel = words[element.dataset.label];
		if (element.matches("button")) element.title = element.ariaLabel;
	}
}

/** A sentence with values for `#` and `@`; of a pair of sentences the first is for a `#` of 1. */
export function tell(key, number, name = number) {
	const sentence = Array.isArray(words[key]) ? words[key][number === 1 ? 0 : 1] : words[key];
	return sentence.replace(/[#@]/g, (mark) => (mark === "#" ? number : name));
}

export const clockOf = (time) => clock.format(time);
export const dateOf = (time) => date.format(time);

export function dayOf(time) {
	const [today, that] = [Date.now(), time].map((moment) => new Date(moment).setHours(0, 0, 0, 0));
	return [words.today, words.yesterday][Math.round((today - that) / 86_400_000)] ?? day.format(time);
}

export const listOf = (names) =>
	list.format(names.length <= 4 ? names : [...names.slice(0, 2), tell("others", names.length - 2)]);
