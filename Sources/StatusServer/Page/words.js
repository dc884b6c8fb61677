// What the page says, in Spanish and English.

const es = {
	rates: "Mensajes por segundo", waiting: "En espera", delay: "Demora de un mensaje",
	bridges: "Puentes", bridge: "Puente", condition: "Estado", rate: "Por segundo", waits: "En espera",
	connections: "Conexiones", passed: "Pasados", dropped: "Descartados",
	rooms: "Salas", store: "Almacén", configuration: "Configuración", errors: "Últimos errores y avisos",
	files: "Archivos con más por leer",
	isReady: "Todo en orden", isUnready: "No está listo", isUnknown: "Sin respuesta",
	starting: "arrancando", ready: "listo", degraded: "sin conexión con el otro lado", failed: "ha fallado", finished: "terminado",
	ok: "al día", lagging: "va con retraso", failing: "no puede escribir", full: "no puede escribir, y está lleno", none: "solo en memoria",
	people: ["1 persona", "# personas"], median: "la mitad", slowest: "99 de 100", since: "desde hace #",
	up: "en marcha desde hace #", version: "versión #", oldest: "el más antiguo, # ", pending: "Por guardar", committed: "Guardado hasta",
	taken: "Leída", refused: "La última recarga fue rechazada", nothing: "Nada todavía", now: "ahora", ago: "hace #",
	isOptional: "opcional",
};

const en = {
	rates: "Messages per second", waiting: "Waiting", delay: "Delay of a message",
	bridges: "Bridges", bridge: "Bridge", condition: "State", rate: "Per second", waits: "Waiting",
	connections: "Connections", passed: "Passed", dropped: "Dropped",
	rooms: "Rooms", store: "Store", configuration: "Configuration", errors: "Latest errors and warnings",
	files: "Files with most to read",
	isReady: "All is well", isUnready: "Not ready", isUnknown: "No answer",
	starting: "starting", ready: "ready", degraded: "can't reach the other side", failed: "has failed", finished: "finished",
	ok: "up to date", lagging: "is behind", failing: "can't write", full: "can't write, and is full", none: "in memory only",
	people: ["1 person", "# people"], median: "half", slowest: "99 of 100", since: "for #",
	up: "up for #", version: "version #", oldest: "the oldest #", pending: "To be stored", committed: "Stored up to",
	taken: "Read", refused: "The last reload was refused", nothing: "Nothing yet", now: "now", ago: "# ago",
	isOptional: "optional",
};

export const language = document.documentElement.lang === "en" ? "en" : "es";
export const words = language === "en" ? en : es;

/** A sentence with a value for `#`; of a pair of sentences the first is for 1. */
export function tell(key, value) {
	const sentence = Array.isArray(words[key]) ? words[key][value === 1 ? 0 : 1] : words[key];
	return sentence.replace("#", value);
}
