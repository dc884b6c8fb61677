// Drawers on narrow screens, and the part of the window that a phone's keyboard leaves free.

import { byId } from "./dom.js";

/** Starts the drawers. Returns `close()`, which puts them away. */
export function keepLayout() {
  const chat = byId("chat");
  const openers = [byId("open-rooms"), byId("open-people")];
  let opener = null;
  const show = (wanted) => {
    opener?.setAttribute("aria-expanded", "false");
    opener = wanted;
    opener?.setAttribute("aria-expanded", "true");
    chat.dataset.drawer = opener?.getAttribute("aria-controls") ?? "";
  };
  const close = () => {
    const last = opener;
    show(null);
    last?.focus();
  };
  for (const button of openers) {
    button.addEventListener("click", () => {
      show(button === opener ? null : button);
      if (opener) byId(chat.dataset.drawer).querySelector("button")?.focus();
    });
  }
  for (const button of document.querySelectorAll(".close-drawer, .shade")) button.addEventListener("click", close);
  chat.addEventListener("keydown", (event) => event.key === "Escape" && opener && close());
  const fit = () => {
    // Where the keyboard lies over the page (iOS), the visible part is the page's height.
    const height = visualViewport.height;
    document.documentElement.style.setProperty("--height", `${height}px`);
    if (visualViewport.scale === 1) scrollTo(0, 0);
  };
  visualViewport?.addEventListener("resize", fit);
  return { close: () => show(null) };
}
