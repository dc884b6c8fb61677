// The page offline: network first.

const SHELL = ["./"]; // the daemon writes the page's other files behind it

addEventListener("install", (event) => {
	skipWaiting();
	event.waitUntil(caches.open("shell").then((cache) => cache.addAll(SHELL)));
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
	const { method, url } = event.request;
	const { scope } = registration;
	if (method === "GET" && url.startsWith(scope) && !url.startsWith(`${scope}api/`)) event.respondWith(answer(event.request));
});
addEventListener("notificationclick", ({ notification }) => {
	notification.close();
	clients.matchAll().then(([page]) => {
		page?.focus();
		page?.postMessage(notification.data);
		if (!page) clients.openWindow("./");
	});
});

async function answer(request) {
	const cache = await caches.open("shell");
	try {
		const response = await fetch(request, { cache: "no-cache" });
		if (response.ok) cache.put(request, response.clone());
		return response;
	} catch (error) {
		const kept = await cache.match(request);
		if (kept) return kept;
		throw error;
	}
}
