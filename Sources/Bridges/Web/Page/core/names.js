// Completing a name, and noticing that somebody is meant.

export function completionsOf(text, cursor, names) {
	const start = text.slice(0, cursor).search(/\S*$/u);
	const word = text.slice(start, cursor).replace(/^@/, "").toLowerCase();
	const fitting = names.filter((name) => name.toLowerCase().startsWith(word)).sort();
	if (!word || fitting.length === 0) return null;
	return { start, names: fitting.map((name) => name + (start === 0 ? ": " : " ")) };
}

export function isMentioned(text, name) {
	if (!name) return false;
	const pattern = name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
	return new RegExp(`(?<![\\p{L}\\p{N}_])${pattern}(?![\\p{L}\\p{N}_])`, "iu").test(text);
}
