// Links: http, https and mailto only.

const CANDIDATE = /\b(?:https?:\/\/|mailto:)[^\s<>"“”«»]+/giu;
const PAIRS = { ")": "(", "]": "[", "}": "{" };

export function partsOf(text) {
	const parts = [];
	let end = 0;
	for (const { 0: candidate, index } of text.matchAll(CANDIDATE)) {
		const link = trimmed(candidate);
		const href = addressOf(link);
		if (!href) continue;
		if (index > end) parts.push({ text: text.slice(end, index) });
		parts.push({ text: link, href });
		end = index + link.length;
	}
	if (end < text.length) parts.push({ text: text.slice(end) });
	return parts;
}

function trimmed(link) {
	while (/[.,;:!?'’…)\]}]$/u.test(link)) {
		const last = link.at(-1);
		if (PAIRS[last] && link.split(PAIRS[last]).length >= link.split(last).length) break;
		link = link.slice(0, -1);
	}
	return link;
}

function addressOf(link) {
	if (!URL.canParse(link)) return null;
	const { protocol, hostname, pathname, href } = new URL(link);
	if (protocol === "mailto:") return pathname.includes("@") ? href : null;
	return /^https?:$/.test(protocol) && hostname ? href : null;
}
