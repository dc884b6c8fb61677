// A conversation for pictures of the page, by `server` of fake-server.js.

const talk = {
	en: [
		["bob", "Morning! The crane comes on Thursday at eight."],
		["ana", "Thursday? I thought it was Friday."],
		["bob", "It was. The harbour moved it: https://harbour.example/berths"],
		["Eva (telegram)", "I can be there from 7:30 if somebody lets me in.", "telegram"],
		["ana", "I’ll let you in.", "web", 4],
		["app.log (tail)", "WARN  deploy: 12 % of disk left on /srv", "tail"],
		["João", "And if it rains? Last time we unloaded in the rain it took twice as long and half of it had to be done again the next day; maybe we should have a second date agreed with the harbour, just in case, even if we never use it."],
		["bob", "Good idea. I’ll ask about Friday."],
		["محمد", "السلام عليكم، سأكون هناك يوم الخميس."],
	],
	es: [
		["bob", "¡Buenas! La grúa viene el jueves a las ocho."],
		["ana", "¿El jueves? Pensaba que era el viernes."],
		["bob", "Era. El puerto lo ha cambiado: https://puerto.example/muelles"],
		["Eva (telegram)", "Yo puedo estar desde las 7:30 si alguien me abre.", "telegram"],
		["ana", "Te abro yo.", "web", 4],
		["app.log (tail)", "WARN  despliegue: queda un 12 % de disco en /srv", "tail"],
		["João", "¿Y si llueve? La última vez que descargamos con lluvia tardamos el doble y hubo que repetir la mitad al día siguiente; quizá convenga tener una segunda fecha apalabrada con el puerto, por si acaso, aunque luego no se use."],
		["bob", "Buena idea. Pregunto por el viernes."],
		["محمد", "السلام عليكم، سأكون هناك يوم الخميس."],
	],
};

Object.assign(server, {
	instance: "puente",
	rooms: ["general", "logs"],
	people: ["ana", "Ana María", "bob", "João", "Marta R.", "محمد"].map((name) => ({ name, bridge: "web", account: true })),
	talk(language) {
		const from = (number) => {
			const [name, text] = talk[language][number - 1];
			return { number, from: name, text };
		};
		for (const [name, text, bridge, reply] of talk[language]) {
			server.push({ from: name, text, bridge, reply: reply && from(reply) });
		}
		server.push({ type: "join", from: "luz" });
	},
});
