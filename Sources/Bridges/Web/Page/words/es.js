// Las palabras de la página en español.

const plural = (count, one, many) => (count === 1 ? one : many.replace("#", count));

export default {
	skip: "Ir a escribir",
	rooms: "Salas", privates: "Privado", persons: "Personas",
	close: "Cerrar", loading: "Cargando…", today: "Hoy", yesterday: "Ayer", you: "tú",
	others: (count) => `${count} más`,
	people: (count) => plural(count, "1 persona", "# personas"),
	unread: (count) => `${count} sin leer`,

	greeting: "¡Hola!",
	invitation: (instance) => `Estás en ${instance}. ¿Cómo te llamas?`,
	required: (instance) => `${instance} es para quienes tienen cuenta.`,
	present: (room, count) => plural(count, `Hay 1 persona en ${room}.`, `Hay # personas en ${room}.`),
	name: "Nombre", password: "Contraseña", enter: "Entrar", entering: "Entrando…", hasPassword: "Tengo contraseña",
	refusals: {
		"login-required": "Ese nombre está registrado: hace falta su contraseña.",
		"login-failed": "El nombre o la contraseña no son correctos.",
		"name-in-use": "Ese nombre ya está en uso. Prueba con otro.",
		"bad-name": "Ese nombre no puede ser: hasta 32 letras, sin “:” ni paréntesis.",
		insecure: "Una contraseña no puede viajar sin cifrar: hace falta https.",
	},

	online: "En línea", connecting: "Conectando…", offline: "Sin conexión.", closed: "Sesión cerrada.",
	willSend: "Lo que escribas se enviará al volver.", retry: "Reintentar",

	log: "Mensajes",
	start: (room) => `Aquí empieza ${room}`,
	startPrivate: (name) => `Conversación con ${name}`,
	empty: "Todavía no hay nada. Escribe lo primero.",
	privateNote: "Solo la leéis vosotros dos.",
	leftOff: "Nuevo", gap: "Mensajes de en medio", newest: "Ir al final",
	newer: (count) => plural(count, "1 mensaje nuevo", "# mensajes nuevos"),
	skipped: (count) => plural(count, "Falta 1 mensaje", "Faltan # mensajes"),
	editedMark: "editado",
	deleted: (name) => `Borrado por ${name}`,
	sending: "enviando…", waiting: "en espera", refused: "No se ha enviado", tryAgain: "Reintentar", discard: "Descartar",
	reply: "Responder", remove: "Borrar", confirmRemove: "¿Borrar este mensaje para todos?",
	answering: (name) => `Respondes a ${name}`, dropAnswer: "No responder",
	joined: (names, count) => `${names} ${plural(count, "ha entrado", "han entrado")}`,
	left: (names, count) => `${names} ${plural(count, "ha salido", "han salido")}`,
	leftFor: (name, room) => `${name} se ha ido a ${room}`,
	renamed: (from, to) => `${from} ahora es ${to}`,
	passing: "Entradas y salidas",

	write: (room) => `Mensaje para ${room}`, writeOffline: "Se enviará al volver la conexión", send: "Enviar",
	search: "Buscar", searching: "Buscando…",
	found: (count, query) => plural(count, `1 mensaje con “${query}”`, `# mensajes con “${query}”`),

	talkTo: (name) => `Hablar en privado con ${name}`,
	enterRoom: (room) => `Entrar en ${room}`,
	leaveRoom: (room) => `Salir de ${room}`,
	closePrivate: (name) => `Cerrar la conversación con ${name}`,

	settings: "Ajustes", theme: "Tema", size: "Tamaño del texto", density: "Espacio", language: "Idioma",
	notices: "Mostrar entradas y salidas", sound: "Sonido en privados y menciones", quit: "Salir del chat",
	options: {
		theme: { system: "Como el sistema", light: "Claro", dark: "Oscuro" },
		size: { small: "Pequeño", medium: "Normal", large: "Grande", huge: "Muy grande" },
		density: { comfortable: "Cómodo", compact: "Compacto" },
		language: { auto: "El del navegador", es: "Español", en: "English" },
	},
	desktop: "Avisos en el escritorio", allow: "Permitir",
	desktopStates: {
		granted: "Para privados y menciones.", denied: "El navegador los tiene bloqueados.",
		default: "Para privados y menciones.", impossible: "Aquí no se puede: hace falta https.",
	},

	help: `/nick NOMBRE · /rooms · /join SALA · /leave · /who
/msg NOMBRE TEXTO · /reply NOMBRE TEXTO · /reply #N TEXTO
/search PALABRAS · /history · /delete #N
/register CONTRASEÑA · /login NOMBRE CONTRASEÑA · /password ANTIGUA NUEVA · /quit

Intro envía, Mayús+Intro parte la línea, ↑ recupera lo último, Tab completa nombres, Esc deja de responder.
En los mensajes, ↑ ↓ se mueven y R responde.`,
	scrollUp: "Lo anterior está más arriba: basta con desplazarse.",
	done: { login: "Has iniciado sesión.", register: "Nombre registrado.", password: "Contraseña cambiada." },
	complaints: {
		"unknown-command": (verb) => `No conozco /${verb}. Con /help se ve lo que hay.`,
		"bad-arguments": (verb) => `A /${verb} le falta o le sobra algo. Con /help se ve.`,
		elsewhere: (verb) => `/${verb} no está en esta página: úsalo por TCP o en la consola.`,
		"quote-name": () => "Hay un nombre más largo que empieza así: ponlo entre comillas.",
		"unknown-message": () => "No encuentro ese mensaje.",
	},
};
