// Unread marks, sounds, notifications.

import { byId } from "./dom.js";
import { settings } from "./settings.js";

let audio;

export function showCount(count, title) {
	const text = count > 0 ? `(${count}) ${title}` : title;
	if (text === document.title) return;
	document.title = text;
	byId("favicon").href = count > 0 ? "icon-unread.svg" : "icon.svg";
	navigator.setAppBadge?.(count);
}

export async function notify(title, body, room) {
	if (settings.sound) ring();
	if (document.hasFocus() || globalThis.Notification?.permission !== "granted") return;
	// Android knows no other way than the service worker's.
	const worker = await navigator.serviceWorker.ready;
	worker.showNotification(title, { body, tag: room, data: room });
}

function ring() {
	audio ??= new AudioContext();
	const volume = new GainNode(audio, { gain: 0.1 });
	volume.gain.setTargetAtTime(0, audio.currentTime + 0.08, 0.1);
	const tone = new OscillatorNode(audio, { frequency: 660 });
	tone.connect(volume).connect(audio.destination);
	tone.start();
	tone.stop(audio.currentTime + 0.8);
}
