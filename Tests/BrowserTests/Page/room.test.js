import { Room } from "../page/core/room.js";
import { equal, test } from "./testing.js";

test("a room begins with nothing unread, a private conversation with everything", () => {
	const room = new Room("general", null);
	room.isEntered = true;
	const talk = new Room("@Ana María", 0);
	for (const { timeline } of [room, talk]) timeline.add({ type: "message", number: 1, from: "ana", text: "x", time: 0 });
	equal([room.unread(() => false), talk.unread(() => false)], [0, 1]);
	equal([room.title, talk.title, room.isPrivate, talk.isPrivate], ["general", "Ana María", false, true]);
});

test("the list of people follows what is told", () => {
	const room = new Room("general", null);
	room.follow({ type: "join", from: "early", bridge: "web" });
	equal(room.people, null);
	room.people = new Map([["ana", { name: "ana", bridge: "tcp", account: true }]]);
	room.follow({ type: "join", from: "bob", bridge: "web" });
	room.follow({ type: "rename", from: "ana", to: "Ana", bridge: "tcp" });
	room.follow({ type: "leave", from: "bob", to: "obra", bridge: "web" });
	room.follow({ type: "message", from: "Eva (telegram)", bridge: "telegram" });
	equal([...room.people.values()], [{ bridge: "tcp", name: "Ana", account: true }]);
});

test("who comes back knows nothing of what was said meanwhile", () => {
	const room = new Room("general", null);
	room.timeline.begin(7);
	room.people = new Map();
	room.forget();
	equal([room.timeline.last, room.timeline.isComplete, room.people, room.isEntered], [0, false, null, false]);
});
