// The words of the page in English. In sentences, # is a number and @ a name.

export default {
	rooms: "Rooms", privates: "Private", persons: "People", close: "Close", loading: "Loading…",
	today: "Today", yesterday: "Yesterday", you: "you", others: "# others",
	people: ["1 person", "# people"],
	unread: "# unread",

	greeting: "Hello!",
	invitation: "This is @. What is your name?",
	required: "@ is for people with an account.",
	present: ["1 person is in @.", "# people are in @."],
	name: "Name", password: "Password", enter: "Enter",
	"login-required": "That name is registered: it needs its password.",
	"login-failed": "The name or the password is not right.",
	"name-in-use": "Somebody has that name already. Try another one.",
	"bad-name": "That can’t be a name: up to 32 letters, without “:” or brackets.",
	insecure: "A password can’t travel unencrypted: it takes https.",

	online: "Online", connecting: "Connecting…", closed: "Session ended.", retry: "Try now",
	offline: "No connection. What you write will be sent once it is back.",

	log: "Messages",
	start: "@ begins here",
	startPrivate: "Conversation with @",
	empty: "Nothing here yet. Write the first line.",
	onlyYou: "Only the two of you can read it.",
	leftOff: "New", gap: "··· Messages in between ···",
	newer: ["1 new message", "# new messages"], newest: "To the end",
	skipped: ["1 message is missing", "# messages are missing"],
	edited: "edited", deleted: "Deleted by @",
	sending: "sending…", waiting: "waiting", refused: "Not sent", again: "Try again", discard: "Discard",
	reply: "Reply", remove: "Delete", removeAsk: "Delete this message for everybody?",
	answering: "Replying to @", dropAnswer: "Don’t reply",
	joined: "@ joined", left: "@ left", leftFor: "# went to @", renamed: "# is now @", passing: "People came and went",

	write: "Message to @", send: "Send", search: "Search",
	found: ["1 message with “@”", "# messages with “@”"],
	talkTo: "Talk to @ in private", enterRoom: "Enter @", leaveRoom: "Leave @", closePrivate: "Close the conversation with @",

	settings: "Settings", theme: "Theme", size: "Size of text", density: "Spacing", language: "Language",
	notices: "Show who comes and goes", sound: "Sound for private messages and mentions", quit: "Leave the chat",
	options: {
		theme: { system: "Like the system", light: "Light", dark: "Dark" },
		size: { small: "Small", medium: "Medium", large: "Large", huge: "Very large" },
		density: { comfortable: "Comfortable", compact: "Compact" },
		language: { auto: "The browser’s", es: "Español", en: "English" },
	},
	desktop: "Desktop notifications", allow: "Allow",
	granted: "For private messages and mentions", default: "For private messages and mentions",
	denied: "The browser blocks them", impossible: "It takes https here",

	help: `/nick NAME · /rooms · /join ROOM · /leave · /who · /quit
/msg NAME TEXT · /reply NAME TEXT · /reply #N TEXT
/search WORDS · /history · /delete #N
/register PASSWORD · /login NAME PASSWORD · /password OLD NEW

Enter sends, Shift+Enter breaks the line, ↑ recalls your last text, Tab completes names, Esc drops a reply.
Among the messages, ↑ and ↓ move and R replies.`,
	scrollUp: "What was said before is further up.",
	done: { login: "You are logged in.", register: "The name is registered.", password: "The password is changed." },
	"unknown-command": "There is no /@. /help shows what there is.",
	"bad-arguments": "/@ needs something more, or less: see /help.",
	elsewhere: "/@ does not exist on this page: use it over TCP or at the console.",
	"quote-name": "A longer name begins like that: put it in double quotes.",
	"unknown-message": "That message is nowhere to be found.",
};
