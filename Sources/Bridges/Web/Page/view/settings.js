// How the page looks and makes itself heard; kept in this browser.

import { quit } from "../connection/chat.js";
import { read, write } from "../connection/storage.js";
import { words } from "../words/words.js";
import { byId, el, listen } from "./dom.js";

export const settings = {
	theme: "system", size: "medium", density: "comfortable", language: "auto", notices: true, sound: false,
	...read("settings", {}),
};

/** `changed(name)` is told of each change. */
export function startSettings(changed) {
	const dialog = byId("settings");
	const form = dialog.firstElementChild;
	listen(form, "change", ({ target: { name, type, checked, value } }) => {
		settings[name] = type === "checkbox" ? checked : value;
		write("settings", settings);
		// As boot.js does before the first paint.
		document.documentElement.dataset[name] = settings[name];
		changed(name);
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
		const options = words.options[field.name];
		if (options) field.replaceChildren(...Object.entries(options).map(([value, text]) => el("option", { value }, text)));
		if (options) field.value = settings[field.name];
		else field.checked = settings[field.name];
	}
	const permission = "Notification" in globalThis && isSecureContext ? Notification.permission : "impossible";
	byId("desktop-state").textContent = words.desktopStates[permission];
	byId("desktop-ask").hidden = permission !== "default";
}
