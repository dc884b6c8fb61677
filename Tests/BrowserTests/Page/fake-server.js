// Stands in for the daemon: a WebSocket that speaks the page's protocol, within the page itself.
//
// `server.isUp` and `server.drop()` are for outages, `server.push(event)` says something, and
// `server.sleep(ms)` is a machine that slept: its sockets are dead without a word, and its clock has
// jumped when timers run again. What was said survives a reload, as it would in a daemon; what
// `server.lose()` takes is as if the daemon was killed before it was stored, and after
// `server.begin()` it is another one, which stores nothing.

{
	const stored = JSON.parse(sessionStorage.getItem("fake") ?? '{"events":[],"said":{},"unused":0,"run":1}');
	const sockets = new Set();
	const keep = () => sessionStorage.setItem("fake", JSON.stringify(stored));
	const later = (action) => setTimeout(action, 5);
	const intervals = [];
	let slept = 0;
	const { now } = Date;
	Date.now = () => now() + slept;
	window.setInterval = (action) => intervals.push(action);

	const server = {
		isUp: true,
		instance: "Test",
		rooms: ["general"],
		people: [],
		push(event) {
			const complete = { type: "message", room: "general", time: Date.now(), bridge: "web", ...event, number: stored.events.length + stored.unused + 1 };
			stored.events.push(complete);
			keep();
			for (const socket of sockets) socket.tell(complete);
			return complete.number;
		},
		fill(count) {
			const start = Date.now() - count * 60_000;
			for (let index = 1; index <= count; index += 1) {
				const text = `Message ${index}. ${"Some more words. ".repeat(index % 7)}`;
				stored.events.push({ type: "message", room: "general", time: start + index * 60_000, bridge: "tcp", from: ["ana", "bob", "eva"][index % 3], text, number: index });
			}
			keep();
		},
		texts: () => stored.events.filter((event) => event.type === "message").map((event) => event.text),
		lose() {
			const { number, id } = stored.events.pop();
			delete stored.said[id];
			stored.unused = number;
			server.drop();
		},
		begin() {
			Object.assign(stored, { events: [], said: {}, unused: 0, run: stored.run + 1, isVolatile: true });
			server.drop();
		},
		drop() {
			for (const socket of sockets) socket.end();
		},
		sleep(time) {
			for (const socket of sockets) socket.isDead = true;
			sockets.clear();
			slept += time;
			intervals.forEach((action) => action());
		},
	};

	const answers = {
		hello(socket, { name = null, rooms, language }) {
			if (name?.includes(":")) return { type: "refused", of: "hello", code: "bad-name", text: "Not that name." };
			const last = rooms.general;
			const rest = stored.events.filter((event) => last && event.number > last);
			socket.name = name;
			const isLost = last > 0 && !stored.events.some((event) => event.number === last);
			const end = stored.events.at(-1)?.number ?? 0;
			socket.tell({ type: "welcome", name, instance: server.instance, version: "1", run: stored.run, language, accounts: "open", role: null, isStored: !stored.isVolatile, rooms: server.rooms.map((room) => (room === "general" ? { name: room, last: end, people: 1, isLost } : { name: room, last: 0, people: 1 })), limits: { text: 4000 } });
			rest.forEach((event) => socket.tell(event));
			sockets.add(socket);
		},
		say(socket, { id, text, room }) {
			if (stored.said[id]) return { type: "ok", id, number: stored.said[id] };
			if (text.includes("spam")) return { type: "refused", id, code: "dropped", text: "No spam here." };
			stored.said[id] = server.push({ from: socket.name, text, room, id });
		},
		history(socket, { before = Infinity, count, room }) {
			const older = stored.events.filter((event) => event.type === "message" && event.number < before);
			return { type: "history", room, messages: older.slice(-count), isComplete: older.length <= count };
		},
		search: (socket, { words, room }) => ({ type: "search", room, messages: stored.events.filter((event) => event.text?.includes(words)).reverse(), isComplete: true }),
		command: (socket, { line }) => ({ type: "ok", of: "command", code: "ok", text: `${line}: done` }),
		people: (socket, { room }) => ({ type: "people", room, people: [...server.people, { name: socket.name, bridge: "web", account: false }] }),
	};

	window.server = server;
	window.WebSocket = class {
		static OPEN = 1;
		readyState = 0;

		constructor() {
			later(() => {
				if (!server.isUp) return this.end();
				this.readyState = 1;
				this.onopen?.();
			});
		}

		send(text) {
			const message = JSON.parse(text);
			later(() => {
				const answer = this.readyState === 1 && !this.isDead && answers[message.type]?.(this, message);
				if (answer) this.tell(answer);
			});
		}

		tell(message) {
			const data = JSON.stringify(message);
			later(() => this.readyState === 1 && !this.isDead && this.onmessage?.({ data }));
		}

		end() {
			sockets.delete(this);
			this.readyState = 3;
			this.onclose?.({ code: 1006, reason: "" });
		}

		close() {
			sockets.delete(this);
			this.readyState = 3;
		}
	};
}
