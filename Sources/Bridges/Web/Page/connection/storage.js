// What the browser keeps for the page, under names of this path: two daemons behind one host name
// do not share anything. Where the browser keeps nothing, memory does until the page closes.

const prefix = `puente:${new URL(".", location.href).pathname}:`;
const memory = new Map();

export function read(key, fallback = null) {
  try {
    const text = localStorage.getItem(prefix + key) ?? memory.get(key) ?? null;
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

export function write(key, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(prefix + key, text);
    memory.delete(key);
  } catch {
    memory.set(key, text);
  }
}

export function forget(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(prefix + key);
  } catch {
    // Nothing was kept, so nothing is left.
  }
}

/** All values whose key begins with `start`. */
export function readAll(start) {
  const keys = new Set(memory.keys());
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) keys.add(key.slice(prefix.length));
  } catch {
    // Only memory, then.
  }
  return [...keys].filter((key) => key.startsWith(start)).map((key) => read(key)).filter(Boolean);
}

/** Calls `changed` when another tab has written a key that begins with `start`. */
export function watch(start, changed) {
  addEventListener("storage", (event) => {
    if (event.key?.startsWith(prefix + start)) changed();
  });
}

/** A random word of letters, digits, `-` and `_`: `bytes` × 8 bits. */
export function randomWord(bytes) {
  // Not crypto.randomUUID: it is missing where the page comes over plain HTTP from another machine.
  const values = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...values)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** This browser's session: who somebody is here, for all of its tabs. */
export function sessionWord() {
  const known = read("session");
  if (typeof known === "string" && /^[\w-]{22,128}$/.test(known)) return known;
  const fresh = randomWord(32);
  write("session", fresh);
  return fresh;
}
