// The page in English. In sentences, # is a number and @ a name.

export default {
	rooms: "Rooms", privates: "Private", persons: "People", close: "Close", loading: "Loading…",
	today: "Today", yesterday: "Yesterday", you: "you", others: "# others",

	greeting: "Hello!",
	invitation: "This is @. What is your name?",
	name: "Name", password: "Password", enter: "Enter",

	online: "Online", connecting: "Connecting…", closed: "Session ended.", retry: "Try now",
	offline: "No connection. What you write will be sent once it is back.",

	log: "Messages",
	start: "@ begins here",
	empty: "Nothing here yet. Write the first line.",
	leftOff: "New",
	newer: ["1 new message", "# new messages"], newest: "To the end",
	skipped: "Messages missing: #",
	edited: "edited", deleted: "Deleted by @",
	waiting: "waiting", refused: "Not sent", discard: "Discard",
	reply: "Reply", remove: "Delete", removeAsk: "Delete this message for everybody?",
	answering: "Replying to @",
	joined: "@ joined", left: "@ left", leftFor: "# went to @", renamed: "# is now @",

	write: "Message to @", send: "Send", search: "Search",
	found: "Messages with “@”: #",
	leave: "Leave @",

	settings: "Settings", theme: "Theme", size: "Size of text", density: "Spacing", language: "Language",
	notices: "Show who comes and goes", sound: "Sound for private messages and mentions", quit: "Leave the chat",
	options: {
		theme: { system: "Like the system", light: "Light", dark: "Dark" },
		density: { comfortable: "Comfortable", compact: "Compact" },
		language: { auto: "The browser’s", es: "Español", en: "English" },
	},
	desktop: "Notify of private messages and mentions", allow: "Allow", refusedDesktop: "The browser does not allow them",

	help: `/nick NAME · /rooms · /join ROOM · /leave · /who · /quit
/me TEXT · /msg NAME TEXT · /reply NAME TEXT · /reply #N TEXT
/search WORDS · /history · /delete #N
/register PASSWORD · /login NAME PASSWORD · /password OLD NEW · /unregister PASSWORD
/kick, /ban, /unban, /mute, /unmute NAME · /bans · /announce TEXT · /role NAME ROLE

↑ recalls your last text, Tab completes names. Among the messages, ↑ and ↓ move and R replies.`,
	"bad-arguments": "/@ needs something more, or less: see /help.",
	"quote-name": "A longer name begins like that: put it in double quotes.",
	"unknown-message": "No such message.",
};
