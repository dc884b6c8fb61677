// The words of the page in English.

const plural = (count, one, many) => (count === 1 ? one : many.replace("#", count));

export default {
	skip: "Skip to writing",
	rooms: "Rooms", privates: "Private", persons: "People",
	close: "Close", loading: "Loading…", today: "Today", yesterday: "Yesterday", you: "you",
	others: (count) => `${count} others`,
	people: (count) => plural(count, "1 person", "# people"),
	unread: (count) => `${count} unread`,

	greeting: "Hello!",
	invitation: (instance) => `This is ${instance}. What is your name?`,
	required: (instance) => `${instance} is for people with an account.`,
	present: (room, count) => plural(count, `1 person is in ${room}.`, `# people are in ${room}.`),
	name: "Name", password: "Password", enter: "Enter", entering: "Entering…", hasPassword: "I have a password",
	refusals: {
		"login-required": "That name is registered: it needs its password.",
		"login-failed": "The name or the password is not right.",
		"name-in-use": "Somebody has that name already. Try another one.",
		"bad-name": "That can’t be a name: up to 32 letters, without “:” or brackets.",
		insecure: "A password can’t travel unencrypted: it takes https.",
	},

	online: "Online", connecting: "Connecting…", offline: "No connection.", closed: "Session ended.",
	willSend: "What you write will be sent once it is back.", retry: "Try now",

	log: "Messages",
	start: (room) => `${room} begins here`,
	startPrivate: (name) => `Conversation with ${name}`,
	empty: "Nothing here yet. Write the first line.",
	privateNote: "Only the two of you can read it.",
	leftOff: "New", gap: "Messages in between", newest: "To the end",
	newer: (count) => plural(count, "1 new message", "# new messages"),
	skipped: (count) => plural(count, "1 message is missing", "# messages are missing"),
	editedMark: "edited",
	deleted: (name) => `Deleted by ${name}`,
	sending: "sending…", waiting: "waiting", refused: "Not sent", tryAgain: "Try again", discard: "Discard",
	reply: "Reply", remove: "Delete", confirmRemove: "Delete this message for everybody?",
	answering: (name) => `Replying to ${name}`, dropAnswer: "Don’t reply",
	joined: (names) => `${names} joined`,
	left: (names) => `${names} left`,
	leftFor: (name, room) => `${name} went to ${room}`,
	renamed: (from, to) => `${from} is now ${to}`,
	passing: "People came and went",

	write: (room) => `Message to ${room}`, writeOffline: "Will be sent once the connection is back", send: "Send",
	search: "Search", searching: "Searching…",
	found: (count, query) => plural(count, `1 message with “${query}”`, `# messages with “${query}”`),

	talkTo: (name) => `Talk to ${name} in private`,
	enterRoom: (room) => `Enter ${room}`,
	leaveRoom: (room) => `Leave ${room}`,
	closePrivate: (name) => `Close the conversation with ${name}`,

	settings: "Settings", theme: "Theme", size: "Size of text", density: "Spacing", language: "Language",
	notices: "Show who comes and goes", sound: "Sound for private messages and mentions", quit: "Leave the chat",
	options: {
		theme: { system: "Like the system", light: "Light", dark: "Dark" },
		size: { small: "Small", medium: "Medium", large: "Large", huge: "Very large" },
		density: { comfortable: "Comfortable", compact: "Compact" },
		language: { auto: "The browser’s", es: "Español", en: "English" },
	},
	desktop: "Desktop notifications", allow: "Allow",
	desktopStates: {
		granted: "For private messages and mentions.", denied: "The browser blocks them.",
		default: "For private messages and mentions.", impossible: "Not possible here: it takes https.",
	},

	help: `/nick NAME · /rooms · /join ROOM · /leave · /who
/msg NAME TEXT · /reply NAME TEXT · /reply #N TEXT
/search WORDS · /history · /delete #N
/register PASSWORD · /login NAME PASSWORD · /password OLD NEW · /quit

Enter sends, Shift+Enter breaks the line, ↑ recalls your last text, Tab completes names, Esc drops a reply.
Among the messages, ↑ ↓ move and R replies.`,
	scrollUp: "What was said before is further up: just scroll.",
	done: { login: "You are logged in.", register: "The name is registered.", password: "The password is changed." },
	complaints: {
		"unknown-command": (verb) => `There is no /${verb}. /help shows what there is.`,
		"bad-arguments": (verb) => `/${verb} needs something more, or less: see /help.`,
		elsewhere: (verb) => `/${verb} does not exist on this page: use it over TCP or at the console.`,
		"quote-name": () => "A longer name begins like that: put it in double quotes.",
		"unknown-message": () => "That message is nowhere to be found.",
	},
};
