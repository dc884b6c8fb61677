// Finds links in a text. Nothing but http, https and mailto ever becomes one.

const CANDIDATE = /\b(?:https?:\/\/|mailto:)[^\s<>"“”«»]+/giu;
const TRAILING = /[.,;:!?'’…)\]}]$/u;
const PAIRS = { ")": "(", "]": "[", "}": "{" };

/** Splits a text into parts: `{ text }`, or `{ text, href }` where it is a link. */
export function partsOf(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const link = trimmed(match[0]);
    const href = addressOf(link);
    if (!href) continue;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    parts.push({ text: link, href });
    end = match.index + link.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Leaves out what ends a sentence, and a bracket that was opened before the link. */
function trimmed(link) {
  while (TRAILING.test(link)) {
    const last = link.at(-1);
    const opening = PAIRS[last];
    if (opening && link.split(opening).length >= link.split(last).length) break;
    link = link.slice(0, -1);
  }
  return link;
}

function addressOf(link) {
  let url;
  try {
    url = new URL(link);
  } catch {
    return null;
  }
  if (url.protocol === "mailto:") return url.pathname.includes("@") ? url.href : null;
  const isWeb = url.protocol === "http:" || url.protocol === "https:";
  return isWeb && url.hostname ? url.href : null;
}
