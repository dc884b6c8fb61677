// La página en español. En las frases, # es un número y @ un nombre.

export default {
	rooms: "Salas", privates: "Privado", persons: "Personas", close: "Cerrar", loading: "Cargando…",
	today: "Hoy", yesterday: "Ayer", you: "tú", others: "# más",

	greeting: "¡Hola!",
	invitation: "Estás en @. ¿Cómo te llamas?",
	name: "Nombre", password: "Contraseña", enter: "Entrar",

	online: "En línea", connecting: "Conectando…", closed: "Sesión cerrada.", retry: "Reintentar",
	offline: "Sin conexión. Lo que escribas se enviará al volver.",

	log: "Mensajes",
	start: "Aquí empieza @",
	empty: "Todavía no hay nada. Escribe lo primero.",
	leftOff: "Nuevo",
	newer: ["1 mensaje nuevo", "# mensajes nuevos"], newest: "Ir al final",
	skipped: "Mensajes que faltan: #",
	edited: "editado", deleted: "Borrado por @",
	waiting: "en espera", refused: "No se ha enviado", discard: "Descartar",
	reply: "Responder", remove: "Borrar", removeAsk: "¿Borrar este mensaje para todos?",
	answering: "Respondes a @",
	joined: ["@ ha entrado", "@ han entrado"], left: ["@ ha salido", "@ han salido"],
	leftFor: "# se ha ido a @", renamed: "# ahora es @",

	write: "Mensaje para @", send: "Enviar", search: "Buscar",
	found: "Mensajes con «@»: #",
	leave: "Cerrar @",

	settings: "Ajustes", theme: "Tema", size: "Tamaño del texto", density: "Espacio", language: "Idioma",
	notices: "Mostrar entradas y salidas", sound: "Sonido en privados y menciones", quit: "Salir del chat",
	options: {
		theme: { system: "Como el sistema", light: "Claro", dark: "Oscuro" },
		density: { comfortable: "Cómodo", compact: "Compacto" },
		language: { auto: "El del navegador", es: "Español", en: "English" },
	},
	desktop: "Avisos de privados y menciones", allow: "Permitir", refusedDesktop: "El navegador no los permite",

	help: `/nick NOMBRE · /rooms · /join SALA · /leave · /who · /quit
/me TEXTO · /msg NOMBRE TEXTO · /reply NOMBRE TEXTO · /reply #N TEXTO
/search PALABRAS · /history · /delete #N
/register CONTRASEÑA · /login NOMBRE CONTRASEÑA · /password ANTIGUA NUEVA · /unregister CONTRASEÑA
/kick, /ban, /unban, /mute, /unmute NOMBRE · /bans · /announce TEXTO · /role NOMBRE PAPEL

↑ recupera lo último, Tab completa nombres. En los mensajes, ↑ y ↓ se mueven y R responde.`,
	"bad-arguments": "A /@ le falta o le sobra algo: mira /help.",
	"quote-name": "Hay un nombre más largo que empieza así: ponlo entre comillas.",
	"unknown-message": "No encuentro ese mensaje.",
};
