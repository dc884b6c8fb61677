// How the page looks and makes itself heard; kept in this browser.

import { read, watch, write } from "../connection/storage.js";
import { words } from "../words/words.js";
import { byId } from "./dom.js";

const DEFAULTS = {
  theme: "system", size: "medium", density: "comfortable", notices: true, sound: false, language: "auto",
};

/** The settings in force. */
export const settings = { ...DEFAULTS, ...read("settings", {}) };

/** Connects the dialog; `changed(name)` is called for each setting that is changed, here or in another tab. */
export function startSettings(changed) {
  const dialog = byId("settings");
  const form = dialog.querySelector("form");
  const fill = () => {
    for (const name of Object.keys(DEFAULTS)) {
      const field = form.elements[name];
      if (field.type === "checkbox") field.checked = settings[name];
      else field.value = settings[name];
    }
  };
  fill();
  form.addEventListener("change", ({ target }) => {
    settings[target.name] = target.type === "checkbox" ? target.checked : target.value;
    write("settings", settings);
    dress();
    changed(target.name);
  });
  watch("settings", () => {
    Object.assign(settings, read("settings", {}));
    fill();
    dress();
    changed("language");
  });
  for (const opener of document.querySelectorAll("[aria-controls=settings]")) {
    opener.addEventListener("click", () => dialog.showModal());
  }
  // A click on what is around the dialog closes it.
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  byId("settings-close").addEventListener("click", () => dialog.close());
  byId("desktop-ask").addEventListener("click", async () => {
    await Notification.requestPermission();
    describeDesktop();
  });
}

/** Puts the settings where the styles find them, as boot.js does before the first paint. */
function dress() {
  for (const name of ["theme", "size", "density"]) document.documentElement.dataset[name] = settings[name];
}

/** Says whether the desktop may be used for notifications, and offers to ask. */
export function describeDesktop() {
  const permission = "Notification" in globalThis && isSecureContext ? Notification.permission : "never";
  const texts = { granted: words.desktopOn, denied: words.desktopDenied, never: words.desktopNever };
  byId("desktop-ask").hidden = permission !== "default";
  byId("desktop-state").textContent = texts[permission] ?? "";
}
