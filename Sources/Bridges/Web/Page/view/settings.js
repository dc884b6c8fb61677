// How the page looks and makes itself heard; kept in this browser.

import { quit } from "../connection/chat.js";
import { read, write } from "../connection/storage.js";
import { words } from "../words/words.js";
import { byId, el, listen } from "./dom.js";

export const settings = {
	theme: "system", size: "medium", density: "comfortable", language: "auto", notices: true, sound: false,
	...read("settings"),
};

/** `changed()` is told of each change. */
export function startSettings(changed) {
	const dialog = byId("settings");
	listen(dialog, "change", ({ target: { name, type, checked, value } }) => {
		settings[name] = type === "checkbox" ? checked : value;
		write("settings", settings);
		// As boot.js does before the first paint.
		Object.assign(document.documentElement.dataset, settings);
		changed();
	});
	listen(document.querySelector("[aria-controls=settings]"), "click", () => dialog.showModal());
	// A click beside the dialog closes it.
	listen(dialog, "click", ({ target }) => target === dialog && dialog.close());
	listen("desktop-ask", "click", async () => {
		await Notification.requestPermission();
		describeSettings();
	});
	listen("quit", "click", quit);
}

/** Fills the dialog, in the language spoken now. */
export function describeSettings() {
	for (const field of document.querySelectorAll("#settings [name]")) {
		const options = Object.entries(words.options[field.name] ?? {});
		if (field.type === "checkbox") field.checked = settings[field.name];
		else field.replaceChildren(...options.map(([value, text]) => el("option", { value }, text)));
		if (field.type !== "checkbox") field.value = settings[field.name];
	}
	const permission = isSecureContext && globalThis.Notification ? Notification.permission : "impossible";
	byId("desktop-state").textContent = words[permission];
	byId("desktop-ask").hidden = permission !== "default";
}
