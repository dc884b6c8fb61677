// Making elements. Texts of people go in as text nodes, never as markup.

/** Finds an element of the page by its id. */
export const byId = (id) => document.getElementById(id);

/** Makes an element: `el("p.note", { title }, "text", child)`. What is undefined is left out. */
export function el(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (key in element && !key.includes("-")) element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** A name, kept apart from the direction of what stands around it. */
export const nameOf = (name, tag = "bdi") => el(tag, {}, name);

/** A drawing of the page's own sheet of icons. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** A button with a drawing and the words for it. */
export const iconButton = (name, drawing, label, properties = {}) =>
  el(`button.${name}`, { type: "button", title: label, "aria-label": label, ...properties }, icon(drawing));
