// Lets the installed page open without a network: network first, the cache only where that fails.

const CACHE = "shell";
const SHELL = [
  "./", "boot.js", "main.js", "manifest.webmanifest", "icon.svg", "icon-unread.svg", "styles/base.css",
  "styles/layout.css", "styles/log.css", "connection/client.js", "connection/outbox.js",
  "connection/socket.js", "connection/storage.js", "core/commands.js", "core/links.js", "core/names.js",
  "core/room.js", "core/rows.js", "core/timeline.js", "view/composer.js", "view/dom.js", "view/enter.js",
  "view/layout.js", "view/log-actions.js", "view/log.js", "view/notify.js", "view/row.js", "view/search.js",
  "view/settings.js", "view/sidebar.js", "words/en.js", "words/es.js", "words/words.js",
];

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL.map((url) => new Request(url, { cache: "reload" })))));
});

addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const path = request.url.slice(registration.scope.length).replace(/[?#].*/s, "");
  const isShell = request.url.startsWith(registration.scope) && SHELL.includes(path || "./");
  if (request.method === "GET" && isShell) event.respondWith(fromNetwork(request));
});

async function fromNetwork(request) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request, { cache: "no-cache" });
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(clients.matchAll({ type: "window" }).then(([page]) => page?.focus() ?? clients.openWindow("./")));
});
