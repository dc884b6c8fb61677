// The words in the language that is spoken here, and how it writes times and lists.

import en from "./en.js";
import es from "./es.js";

const languages = { es, en };

export const words = {};
let clock;
let date;
let day;
let list;

/** Speaks the first language of these that the page knows; the browser's come last. */
export function speak(...wanted) {
	const tags = [...wanted, ...navigator.languages].map((tag) => tag?.slice(0, 2));
	const language = tags.find((tag) => tag in languages) ?? "en";
	document.documentElement.lang = language;
	Object.assign(words, languages[language]);
	// en-GB and en-US write dates differently.
	const region = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
	clock = new Intl.DateTimeFormat(region, { timeStyle: "short" });
	date = new Intl.DateTimeFormat(region, { dateStyle: "medium", timeStyle: "short" });
	day = new Intl.DateTimeFormat(region, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
	list = new Intl.ListFormat(region);
	for (const element of document.querySelectorAll("[data-word]")) element.textContent = words[element.dataset.word];
	for (const element of document.querySelectorAll("[data-label]")) {
		element.title = element.ariaLabel = words[element.dataset.label];
	}
}

export const clockOf = (time) => clock.format(time);
export const dateOf = (time) => date.format(time);

export function dayOf(time) {
	const [today, that] = [Date.now(), time].map((any) => new Date(any).setHours(0, 0, 0, 0));
	const ago = Math.round((today - that) / 86_400_000);
	return [words.today, words.yesterday][ago] ?? day.format(time);
}

/** Joins names; of many, the first two and how many others. */
export const listOf = (names) =>
	list.format(names.length <= 4 ? names : [...names.slice(0, 2), words.others(names.length - 2)]);
