// Drawers on narrow screens, and the part of the window that a phone's keyboard leaves free.

import { byId, listen } from "./dom.js";

const chat = byId("chat");
let opener = null;

export function startLayout() {
	for (const button of document.querySelectorAll("header [aria-controls]")) {
		listen(button, "click", () => {
			showDrawer(button === opener ? null : button);
			if (opener) byId(opener.getAttribute("aria-controls")).querySelector("button").focus();
		});
	}
	for (const button of document.querySelectorAll(".close-drawer, .shade")) listen(button, "click", closeDrawer);
	listen(chat, "keydown", ({ key }) => key === "Escape" && closeDrawer());
	// iOS lays the keyboard over the page: what it leaves free is the page's height.
	listen(visualViewport, "resize", () => {
		document.documentElement.style.setProperty("--height", `${visualViewport.height}px`);
		scrollTo(0, 0);
	});
}

export function closeDrawer() {
	opener?.focus();
	showDrawer(null);
}

function showDrawer(button) {
	opener?.setAttribute("aria-expanded", "false");
	button?.setAttribute("aria-expanded", "true");
	opener = button;
	chat.dataset.drawer = button?.getAttribute("aria-controls") ?? "";
}
