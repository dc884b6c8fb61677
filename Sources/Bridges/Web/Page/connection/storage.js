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

/** A random word of `a–z 0–9`. Not `randomUUID`, which is missing over plain HTTP. */
export const randomWord = (bytes) =>
	Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(36)).join("");
