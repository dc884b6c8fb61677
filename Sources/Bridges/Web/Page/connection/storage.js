// What the browser keeps, by the page's path: two daemons behind one host name share nothing.

export const path = new URL(".", location.href).pathname;
const prefix = `puente:${path}:`;

export const read = (key, fallback = null) => JSON.parse(localStorage.getItem(prefix + key) ?? null) ?? fallback;
export const write = (key, value) => localStorage.setItem(prefix + key, JSON.stringify(value));
export const forget = (key) => localStorage.removeItem(prefix + key);

export const readAll = (start) =>
	Object.keys(localStorage).filter((key) => key.startsWith(prefix + start)).map((key) => read(key.slice(prefix.length)));

export const watch = (start, changed) =>
	addEventListener("storage", ({ key }) => key?.startsWith(prefix + start) && changed());

/** A random word of `A–Z a–z 0–9 - _`. Not `randomUUID`, which is missing over plain HTTP. */
export function randomWord(bytes) {
	const text = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes)));
	return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}
