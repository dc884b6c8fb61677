// What the browser keeps for the page, by the path it is served under: two daemons behind one host
// name share nothing. Where nothing can be kept, memory does until the page closes.

export const path = new URL(".", location.href).pathname;
const prefix = `puente:${path}:`;
let store = memory();
/** Kept for this tab only. */
export let tabStore = memory();
try {
	store = localStorage;
	tabStore = sessionStorage;
} catch {
	// Blocked: the page works, and forgets.
}

function memory() {
	const map = new Map();
	return Object.assign(map, { getItem: map.get, setItem: map.set, removeItem: map.delete });
}

export function read(key, fallback = null) {
	return JSON.parse(store.getItem(prefix + key) ?? null) ?? fallback;
}

export function write(key, value) {
	store.setItem(prefix + key, JSON.stringify(value));
}

export const forget = (key) => store.removeItem(prefix + key);

/** All values whose key begins with `start`. */
export const readAll = (start) =>
	Object.keys(store).filter((key) => key.startsWith(prefix + start)).map((key) => read(key.slice(prefix.length)));

/** Calls `changed` when another tab has written a key that begins with `start`. */
export const watch = (start, changed) =>
	addEventListener("storage", ({ key }) => key?.startsWith(prefix + start) && changed());

/** A random word of `A–Z a–z 0–9 - _`. Not `randomUUID`, which is missing over plain HTTP. */
export function randomWord(bytes) {
	const text = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes)));
	return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
