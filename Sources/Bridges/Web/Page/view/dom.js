// Making elements. Texts of people go in as text nodes, never as markup.

export const byId = (id) => document.getElementById(id);
export const all = (selector) => document.querySelectorAll(selector);

export const listen = (target, event, listener) => (byId(target) ?? target).addEventListener(event, listener);

/** Makes an element: `el("p.note", { title }, "text", child)`. */
export function el(name, properties, ...children) {
	const [tag, ...classes] = name.split(".");
	const element = document.createElement(tag);
	element.className = classes.join(" ");
	if (tag === "button") element.type = "button";
	for (const [key, value] of Object.entries(properties ?? {})) {
		if (value === undefined || value === false) continue;
		if (key in element) element[key] = value;
		else element.setAttribute(key, value);
	}
	element.append(...children.filter(Boolean));
	return element;
}

// Kept apart from the direction of what stands around it.
export const nameOf = (name) => el("bdi", null, name);

export const timeOf = (time, title, text) => el("time", { dateTime: new Date(time).toISOString(), title }, text);

export const iconButton = (name, icon, title, properties) =>
	el(`button.${name}`, { title, ariaLabel: title, "data-icon": icon, style: `--icon: url(icons/${icon}.svg)`, ...properties });
