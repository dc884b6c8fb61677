import { partsOf } from "../page/core/links.js";
import { equal, isTrue, seeded, test } from "./testing.js";

const links = (text) => partsOf(text).filter((part) => part.href).map((part) => part.text);

test("web and mail addresses become links", () => {
	equal(links("a http://x.org b https://y.org/z?q=1#f c mailto:ana@x.org d"),
		["http://x.org", "https://y.org/z?q=1#f", "mailto:ana@x.org"]);
});

test("nothing else becomes one", () => {
	for (const text of [
		"javascript:alert(1)", "JavaScript://x.org/%0aalert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
		"ftp://x.org", "http://", "https://", "http:x", "mailto:", "mailto:ana", "xhttp://y.org",
	]) equal([text, links(text)], [text, []]);
});

test("what ends a sentence is not part of a link", () => {
	equal(links("See https://x.org/a. Or (https://x.org/b), or https://x.org/c_(d)? “https://x.org/e”"),
		["https://x.org/a", "https://x.org/b", "https://x.org/c_(d)", "https://x.org/e"]);
});

test("markup stays text", () => {
	equal(partsOf("<a href='https://x.org'>y</a>").map((part) => part.text).join(""), "<a href='https://x.org'>y</a>");
});

test("no text is lost or added, and each link has one of three schemes", () => {
	const random = seeded(3);
	const pieces = ["http://", "https://", "mailto:", "javascript:", "a", "x.org", "/", "@", " ", ".", ")", "(", "\n", "é", "😀", "\u202e", "%", "?", "[", "]"];
	for (let round = 0; round < 3000; round += 1) {
		const text = Array.from({ length: 8 }, () => pieces[Math.floor(random() * pieces.length)]).join("");
		const parts = partsOf(text);
		equal(parts.map((part) => part.text).join(""), text);
		for (const { href } of parts) isTrue(!href || /^(https?|mailto):/.test(href), text);
	}
});
