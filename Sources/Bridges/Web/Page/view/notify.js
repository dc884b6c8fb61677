// Making oneself noticed: the title, the icon, a sound, the desktop.

import { byId } from "./dom.js";
import { settings } from "./settings.js";

let audio;

/** Shows the number of unread messages where it is seen from other tabs and windows. */
export function showCount(count, title) {
  const text = count > 0 ? `(${count}) ${title}` : title;
  if (document.title === text) return;
  document.title = text;
  byId("favicon").href = count > 0 ? "icon-unread.svg" : "icon.svg";
  if (count > 0) navigator.setAppBadge?.(count);
  else navigator.clearAppBadge?.();
}

/** Tells of a private message or a mention: `opened` is called if one clicks on it. */
export async function notify({ title, text, tag, opened }) {
  if (settings.sound) ring();
  if (!("Notification" in globalThis) || Notification.permission !== "granted" || document.hasFocus()) return;
  const options = { body: text.slice(0, 200), tag, icon: "icon-192.png" };
  try {
    const notification = new Notification(title, options);
    notification.onclick = () => {
      window.focus();
      notification.close();
      opened();
    };
  } catch {
    // Android allows it to service workers only.
    const worker = await navigator.serviceWorker?.ready;
    worker?.showNotification(title, options);
  }
}

/** Two short notes, soft and rising. */
function ring() {
  try {
    audio ??= new AudioContext();
    for (const [index, pitch] of [587, 880].entries()) {
      const start = audio.currentTime + index * 0.12;
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setTargetAtTime(0.08, start, 0.01);
      volume.gain.setTargetAtTime(0, start + 0.08, 0.06);
      const tone = new OscillatorNode(audio, { frequency: pitch });
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.6);
    }
  } catch {
    // No sound here, or not before one has touched the page.
  }
}
