// Runs before the first paint: who chose the dark theme sees no white flash.
try {
	const path = new URL(".", location.href).pathname;
	Object.assign(document.documentElement.dataset, JSON.parse(localStorage.getItem(`puente:${path}:settings`)));
} catch {
	// The defaults will do.
}
