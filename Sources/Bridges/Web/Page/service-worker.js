// Lets the page open without a network: network first, the cache only where that fails.

addEventListener("install", (event) => {
	skipWaiting();
	event.waitUntil(keepShell());
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
	const { method, url } = event.request;
	const isShell = method === "GET" && url.startsWith(registration.scope) && !url.startsWith(`${registration.scope}api/`);
	if (isShell) event.respondWith(fromNetwork(event.request));
});

addEventListener("notificationclick", ({ notification }) => {
	notification.close();
	clients.matchAll().then(([page]) => {
		page?.focus();
		page?.postMessage(notification.data);
		if (!page) clients.openWindow("./");
	});
});

/** Keeps the page and all that it names; modules name others. */
async function keepShell(address = "./", seen = new Set()) {
	const url = new URL(address, registration.scope).href;
	if (seen.has(url)) return;
	seen.add(url);
	const response = await fromNetwork(new Request(url));
	const text = /javascript|html/.test(response.headers.get("Content-Type")) ? await response.text() : "";
	const names = [...text.matchAll(/(?:from|href=|src=) ?"([^"#]+)"/g)].map(([, name]) => new URL(name, url).href);
	await Promise.all(names.map((name) => keepShell(name, seen)));
}

async function fromNetwork(request) {
	const cache = await caches.open("shell");
	try {
		const response = await fetch(request, { cache: "no-cache" });
		if (response.ok) await cache.put(request, response.clone());
		return response;
	} catch (error) {
		const kept = await cache.match(request);
		if (kept) return kept;
		throw error;
	}
}
