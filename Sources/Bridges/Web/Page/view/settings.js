// Settings, kept in this browser.

import { quit } from "../connection/chat.js";
import { read, write } from "../connection/storage.js";
import { emit } from "../connection/topics.js";
import { words } from "../words/words.js";
import { all, byId, el, listen } from "./dom.js";

export const settings = {
	theme: "system", size: "medium", density: "comfortable", language: "auto", notices: true, sound: false,
	...read("settings"),
};
const sizes = { small: "87 %", medium: "100 %", large: "112 %", huge: "137 %" };
const dialog = byId("settings");

listen(dialog, "change", ({ target: { name, type, checked, value } }) => {
	settings[name] = type === "checkbox" ? checked : value;
	write("settings", settings);
	Object.assign(document.documentElement.dataset, settings);
	emit("settings");
	dialog.querySelector(`[name=${name}]`).focus();
});
listen(all("[aria-controls=settings]")[0], "click", () => dialog.showModal());
listen("desktop-ask", "click", () => Notification.requestPermission().then(describeSettings));
listen("quit", "click", quit);

export function describeSettings() {
	byId("fields").replaceChildren(...Object.entries(settings).map(([name, value]) => {
		const options = Object.entries({ size: sizes, ...words.options }[name] ?? {}).map(([key, text]) => el("option", { value: key }, text));
		const field = options.length > 0 ? el("select", { name }, ...options) : el("input", { name, type: "checkbox" });
		Object.assign(field, { value, checked: value });
		return el("label", null, words[name], field);
	}));
	const permission = isSecureContext && globalThis.Notification?.permission;
	byId("desktop-state").textContent = /granted|default/.test(permission) ? "" : words.refusedDesktop;
	byId("desktop-ask").hidden = permission !== "default";
}
