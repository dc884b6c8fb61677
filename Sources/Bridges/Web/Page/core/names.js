// Names within texts: completing one, and noticing that somebody is meant.

const LETTER = /[\p{L}\p{N}_]/u;

/**
 * Completes the name that begins with the word before `cursor`.
 *
 * Returns what the word is to be replaced with, one entry for each name that fits, and where the
 * word begins; or null if no name does.
 */
export function completionsOf(text, cursor, names) {
  const before = text.slice(0, cursor);
  const start = Math.max(before.lastIndexOf(" "), before.lastIndexOf("\n")) + 1;
  const word = before.slice(start).replace(/^@/, "").toLowerCase();
  if (word === "") return null;
  const fitting = names.filter((name) => name.toLowerCase().startsWith(word)).sort();
  if (fitting.length === 0) return null;
  const suffix = start === 0 ? ": " : " ";
  return { start, names: fitting.map((name) => name + suffix) };
}

/** True if `name` stands in the text as a word of its own, in any case. */
export function isMentioned(text, name) {
  if (!name) return false;
  const hay = text.toLowerCase();
  const needle = name.toLowerCase();
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + 1)) {
    const before = hay[at - 1] ?? " ";
    const after = hay[at + needle.length] ?? " ";
    if (!LETTER.test(before) && !LETTER.test(after)) return true;
  }
  return false;
}

/** Counts characters as a person does. */
export function lengthOf(text) {
  if (!Intl.Segmenter) return [...text].length;
  let count = 0;
  for (const _ of new Intl.Segmenter().segment(text)) count += 1;
  return count;
}
