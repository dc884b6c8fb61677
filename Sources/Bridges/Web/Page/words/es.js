// Las palabras de la página en español. En las frases, # es un número y @ un nombre.

export default {
	rooms: "Salas", privates: "Privado", persons: "Personas", close: "Cerrar", loading: "Cargando…",
	today: "Hoy", yesterday: "Ayer", you: "tú", others: "# más",
	people: ["1 persona", "# personas"],
	unread: "# sin leer",

	greeting: "¡Hola!",
	invitation: "Estás en @. ¿Cómo te llamas?",
	required: "@ es para quienes tienen cuenta.",
	present: ["Hay 1 persona en @.", "Hay # personas en @."],
	name: "Nombre", password: "Contraseña", enter: "Entrar",
	"login-required": "Ese nombre está registrado: hace falta su contraseña.",
	"login-failed": "El nombre o la contraseña no son correctos.",
	"name-in-use": "Ese nombre ya está en uso. Prueba con otro.",
	"bad-name": "Ese nombre no puede ser: hasta 32 letras, sin “:” ni paréntesis.",
	insecure: "Una contraseña no puede viajar sin cifrar: hace falta https.",

	online: "En línea", connecting: "Conectando…", closed: "Sesión cerrada.", retry: "Reintentar",
	offline: "Sin conexión. Lo que escribas se enviará al volver.",

	log: "Mensajes",
	start: "Aquí empieza @",
	startPrivate: "Conversación con @",
	empty: "Todavía no hay nada. Escribe lo primero.",
	onlyYou: "Solo la leéis vosotros dos.",
	leftOff: "Nuevo", gap: "··· Mensajes de en medio ···",
	newer: ["1 mensaje nuevo", "# mensajes nuevos"], newest: "Ir al final",
	skipped: ["Falta 1 mensaje", "Faltan # mensajes"],
	edited: "editado", deleted: "Borrado por @",
	sending: "enviando…", waiting: "en espera", refused: "No se ha enviado", again: "Reintentar", discard: "Descartar",
	reply: "Responder", remove: "Borrar", removeAsk: "¿Borrar este mensaje para todos?",
	answering: "Respondes a @", dropAnswer: "No responder",
	joined: ["@ ha entrado", "@ han entrado"], left: ["@ ha salido", "@ han salido"],
	leftFor: "# se ha ido a @", renamed: "# ahora es @", passing: "Entradas y salidas",

	write: "Mensaje para @", send: "Enviar", search: "Buscar",
	found: ["1 mensaje con “@”", "# mensajes con “@”"],
	talkTo: "Hablar en privado con @", enterRoom: "Entrar en @", leaveRoom: "Salir de @", closePrivate: "Cerrar la conversación con @",

	settings: "Ajustes", theme: "Tema", size: "Tamaño del texto", density: "Espacio", language: "Idioma",
	notices: "Mostrar entradas y salidas", sound: "Sonido en privados y menciones", quit: "Salir del chat",
	options: {
		theme: { system: "Como el sistema", light: "Claro", dark: "Oscuro" },
		size: { small: "Pequeño", medium: "Normal", large: "Grande", huge: "Muy grande" },
		density: { comfortable: "Cómodo", compact: "Compacto" },
		language: { auto: "El del navegador", es: "Español", en: "English" },
	},
	desktop: "Avisos en el escritorio", allow: "Permitir",
	granted: "Para privados y menciones", default: "Para privados y menciones",
	denied: "El navegador los tiene bloqueados", impossible: "Aquí hace falta https",

	help: `/nick NOMBRE · /rooms · /join SALA · /leave · /who · /quit
/msg NOMBRE TEXTO · /reply NOMBRE TEXTO · /reply #N TEXTO
/search PALABRAS · /history · /delete #N
/register CONTRASEÑA · /login NOMBRE CONTRASEÑA · /password ANTIGUA NUEVA

Intro envía, Mayús+Intro parte la línea, ↑ recupera lo último, Tab completa nombres, Esc deja de responder.
En los mensajes, ↑ y ↓ se mueven y R responde.`,
	scrollUp: "Lo anterior está más arriba.",
	done: { login: "Has iniciado sesión.", register: "Nombre registrado.", password: "Contraseña cambiada." },
	"unknown-command": "No conozco /@. Con /help se ve lo que hay.",
	"bad-arguments": "A /@ le falta o le sobra algo: mira /help.",
	elsewhere: "/@ no está en esta página: úsalo por TCP o en la consola.",
	"quote-name": "Hay un nombre más largo que empieza así: ponlo entre comillas.",
	"unknown-message": "No encuentro ese mensaje.",
};
