/// Something that a client may send over and over to cost others as much as it can.
struct Attack {
    /// The attack's name in the tables.
    let name: String
    /// The first line of each attacker, by its index; `nil`: it stays without a name.
    var entrance: (@Sendable (Int) -> String)? = { "mallory\($0):\n" }
    /// A few KiB of lines, by the attacker's index: sent again and again.
    let lines: @Sendable (Int) -> [UInt8]
    /// True if attackers read their answers.
    var isRead = true

    /// Sends one line over and over.
    init(_ name: String, isNamed: Bool = true, _ line: String) {
        self.init(name, isNamed: isNamed) { _ in [line] }
    }

    /// Sends some lines over and over.
    init(_ name: String, isNamed: Bool = true, _ lines: @escaping @Sendable (Int) -> [String]) {
        self.name = name
        if !isNamed { entrance = nil }
        self.lines = { index in
            let once = Array((lines(index).joined(separator: "\n") + "\n").utf8)
            return (0..<max(1, Self.size / once.count)).flatMap { _ in once }
        }
    }

    /// Bytes sent in one go, about.
    private static let size = 16 << 10
}

extension Attack {
    /// U+FDFA, which is one character and eighteen when names are compared, as often as a name
    /// holds it.
    private static let ligatures = String(repeating: "\u{FDFA}", count: 21)
    /// Another one that differs at its end only.
    private static let otherLigatures = String(repeating: "\u{FDFA}", count: 20) + "x"

    /// The worst known with each command.
    static let commands = [
        Attack("/help", "/help"),
        Attack("/nick, to and fro") { ["/nick mallory\($0)a", "/nick mallory\($0)b"] },
        Attack("/nick, names that fold to many", "/nick \(otherLigatures)y"),
        Attack("/nick, taken", "/nick ping"),
        Attack("/rooms", "/rooms"),
        Attack("/join, to and fro", { _ in ["/join otra", "/join general"] }),
        Attack("/who", "/who"),
        Attack("/msg, a name at every space", "/msg \(ligatures)\(spaces)x"),
        Attack("/msg, a long name of many words", "/msg \(phrases)"),
        Attack("/msg, to oneself") { ["/msg mallory\($0) hola"] },
        Attack("/reply, a name at every space", "/reply \(ligatures)\(spaces)x"),
        Attack("/reply, to oneself") { ["hola", "/reply mallory\($0) hola"] },
        Attack("/reply, a number", "/reply #1 hola"),
        Attack("/history 500", "/history 500"),
        Attack("/search", "/search hola"),
        Attack("unknown command", "/x"),
        Attack("unknown command of 8 KiB", "/\(String(repeating: "\u{C0}", count: 4_000))"),
    ]

    /// The worst known with each kind of line.
    static let lines = [
        Attack("text behind one's own name") { ["mallory\($0): hola"] },
        Attack("text", "x"),
        Attack("text of 8 KiB", String(repeating: "x", count: 8_100)),
        Attack("text of 8 KiB, not ASCII", String(repeating: "\u{F1}", count: 4_000)),
        Attack("text to be cleaned", String(repeating: "\u{1}x", count: 4_000)),
        Attack("one's own name in another case") { ["MALLORY\($0): hola"] },
        Attack("text that begins like a name that folds to many", "\(otherLigatures): hola"),
        Attack("a notice of a name that folds to many", "\(otherLigatures) se ha unido al chat."),
        Attack("one's own join notice") { ["mallory\($0) se ha unido al chat."] },
        Attack("empty", ""),
        Attack("too long", String(repeating: "x", count: 9_000)),
        Attack("bytes that are not UTF-8", byte: 0xFF),
        Attack("nameless: text", isNamed: false, "hola"),
        Attack("nameless: a name that is taken", isNamed: false, "ping: hola"),
        Attack("nameless: a name that is none", isNamed: false, "a(b): hola"),
        Attack(
            "nameless: a name that folds to many", isNamed: false, "\(ligatures)\(ligatures): x"),
        Attack(
            "nameless: a name that folds to many, and is none", isNamed: false, "\(ligatures)): x"),
        Attack("nameless: a long notice", isNamed: false, "\(phrases) se ha unido al chat."),
    ]

    /// Attacks whose answers are never read: these cost memory.
    static let unread = ["/history 500", "/search x", "/who", "/help", "hola"].map { line in
        var attack = Attack("\(line), not read", line)
        attack.isRead = false
        return attack
    }

    /// Messages that fill two rooms with as many messages, and as much text, as they keep.
    static let fillers = [
        Attack("many texts", "x"), Attack("long texts", String(repeating: "x", count: 8_100)),
        Attack("many texts elsewhere") { _ in ["/join otra"] + Array(repeating: "x", count: 8_000)
        },
        Attack("long texts elsewhere") { _ in
            ["/join otra"] + Array(repeating: String(repeating: "x", count: 8_100), count: 2)
        },
    ]

    private static let spaces = String(repeating: " ", count: 64)
    private static let phrases = Array(repeating: "\u{E1}", count: 64).joined(separator: " ")

    private init(_ name: String, byte: UInt8) {
        self.name = name
        let line = [byte, UInt8(ascii: "\n")]
        lines = { _ in (0..<Self.size / 2).flatMap { _ in line } }
    }
}
