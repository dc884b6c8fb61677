// Drawers, and a phone's keyboard.

import { all, byId, listen } from "./dom.js";

const chat = byId("chat");
let opener;

for (const { style, dataset: { icon } } of all("[data-icon]")) {
	style.setProperty("--icon", `url(icons/${icon}.svg)`);
}
for (const button of all(".opener")) {
	listen(button, "click", () => {
		showDrawer(button);
		byId(chat.dataset.drawer).querySelector("button").focus();
	});
}
for (const button of all(".close-drawer, .shade")) listen(button, "click", closeDrawer);
listen(chat, "keydown", ({ key }) => key === "Escape" && closeDrawer());
// iOS lays the keyboard over the page: what it leaves free is the page's height.
listen(visualViewport, "resize", () => {
	document.documentElement.style.setProperty("--height", `${visualViewport.height}px`);
	scrollTo(0, 0);
});

export function closeDrawer() {
	opener?.focus();
	showDrawer();
}

function showDrawer(button) {
	opener?.setAttribute("aria-expanded", false);
	button?.setAttribute("aria-expanded", true);
	opener = button;
	chat.dataset.drawer = button?.getAttribute("aria-controls") ?? "";
}
