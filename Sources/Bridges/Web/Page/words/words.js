// The words of the page in the language that is spoken here, and how it writes times.

import english from "./en.js";
import spanish from "./es.js";

const languages = { es: spanish, en: english };

/** The words, by name. The same object in every language, so that it can be imported once. */
export const words = {};

let format = {};

/** Speaks a language from now on: the one chosen, else the server's, else the browser's. */
export function speak(chosen, server) {
  const wanted = [chosen, server, ...navigator.languages].map((tag) => tag?.slice(0, 2));
  const language = wanted.find((tag) => tag in languages) ?? "en";
  Object.assign(words, languages[language]);
  document.documentElement.lang = language;
  // What the browser knows of the region, such as en-GB, decides how dates look.
  const region = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
  const make = (options) => new Intl.DateTimeFormat(region, options);
  format = {
    time: make({ hour: "2-digit", minute: "2-digit" }),
    day: make({ weekday: "long", day: "numeric", month: "long" }),
    year: make({ day: "numeric", month: "long", year: "numeric" }),
    full: make({ dateStyle: "full", timeStyle: "short" }),
    list: new Intl.ListFormat(region, { type: "conjunction" }),
  };
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = words[element.dataset.word];
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.title = words[element.dataset.label];
    element.setAttribute("aria-label", words[element.dataset.label]);
  }
}

export const timeOf = (time) => format.time.format(time);
export const fullTimeOf = (time) => format.full.format(time);

export function dayOf(time) {
  const today = new Date().setHours(0, 0, 0, 0);
  const days = Math.round((today - new Date(time).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  const text = (days < 200 ? format.day : format.year).format(time);
  return text[0].toUpperCase() + text.slice(1);
}

/** Joins names, at most three of them: `ana, bob and 3 others`. */
export function listOf(names) {
  if (names.length <= 4) return format.list.format(names);
  return format.list.format([...names.slice(0, 2), words.others(names.length - 2)]);
}
