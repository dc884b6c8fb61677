import JSON
import MessageBus
import TestSupport
import Testing

@testable import WebBridge

@Suite struct ClientMessageReaderTests {
    private static let session = "abcdefghijklmnopqrstu-_"

    private func read(_ text: String) throws(MessageProblem) -> ClientMessage {
        try ClientMessageReader.read(Array(text.utf8))
    }

    private func problem(_ text: String) -> MessageProblem? {
        do throws(MessageProblem) {
            _ = try read(text)
            return nil
        } catch {
            return error
        }
    }

    // MARK: - Each type

    /// One message of each type, with all fields, and what it is.
    private static let samples: [(String, ClientMessage)] = [
        (
            """
            {"type":"hello","session":"\(session)","name":"ana","password":"p",\
            "rooms":{"general":7,"otra":null},"whispers":3,"language":"en","more":[1]}
            """,
            .hello(
                ClientMessage.Hello(
                    session: session, name: "ana", password: "p",
                    rooms: ["general": 7, "otra": nil], whispers: 3, language: "en"))
        ),
        (
            #"{"type":"say","room":"general","text":"ho\nla","id":"a","reply":9}"#,
            .say(ClientMessage.Say(room: "general", text: "ho\nla", id: "a", reply: 9))
        ),
        (
            #"{"type":"whisper","to":"bob","text":"x","id":"b"}"#,
            .whisper(ClientMessage.Whisper(to: "bob", text: "x", id: "b"))
        ),
        (#"{"type":"enter","room":"otra"}"#, .enter(room: "otra")),
        (#"{"type":"leave","room":"otra"}"#, .leave(room: "otra")),
        (#"{"type":"rename","name":"eva"}"#, .rename(name: "eva")),
        (
            #"{"type":"login","name":"ana","password":"p"}"#,
            .logIn(ClientMessage.Credentials(name: "ana", password: "p"))
        ),
        (
            #"{"type":"register","name":"ana","password":"p"}"#,
            .register(ClientMessage.Credentials(name: "ana", password: "p"))
        ),
        (
            #"{"type":"password","password":"p","new":"q"}"#,
            .changePassword(old: "p", new: "q")
        ),
        (#"{"type":"unregister","password":"p"}"#, .unregister(password: "p")),
        (
            #"{"type":"command","line":"mute bob 10m","room":"general"}"#,
            .command(line: "mute bob 10m", room: "general")
        ),
        (#"{"type":"command","line":"bans"}"#, .command(line: "bans", room: nil)),
        (#"{"type":"delete","number":5}"#, .delete(number: 5)),
        (
            #"{"type":"history","room":"general","before":9,"count":200}"#,
            .history(ClientMessage.History(conversation: .room("general"), before: 9, count: 200))
        ),
        (
            #"{"type":"history","with":"bob","count":1}"#,
            .history(ClientMessage.History(conversation: .person("bob"), before: nil, count: 1))
        ),
        (
            #"{"type":"search","words":"a b","room":"general"}"#,
            .search(words: "a b", room: "general")
        ),
        (#"{"type":"people","room":"general"}"#, .people(room: "general")),
        (#"{"type":"seen","room":"general","number":4}"#, .seen(room: "general", number: 4)),
        (#"{"type":"bye","soon":true}"#, .bye(isSoon: true)),
        (#"{"type":"bye"}"#, .bye(isSoon: false)),
    ]

    @Test func `each type is read with all its fields`() throws {
        for (text, message) in Self.samples { #expect(try read(text) == message) }
        let types = Set(Self.samples.map { $0.1.request.typeName })
        #expect(types.count >= ClientMessageType.allCases.count - 1)
    }

    @Test func `null counts as missing`() throws {
        #expect(
            try read(#"{"type":"say","room":"r","text":"t","id":"i","reply":null}"#)
                == .say(ClientMessage.Say(room: "r", text: "t", id: "i", reply: nil)))
        #expect(
            try read(#"{"type":"hello","session":"\#(Self.session)","name":null,"rooms":null}"#)
                == .hello(ClientMessage.Hello(session: Self.session)))
        #expect(
            problem(#"{"type":"say","room":null,"text":"t","id":"i"}"#)?.kind
                == .missing(field: "room"))
    }

    // MARK: - What is wrong

    @Test(arguments: ["", "null", "[]", "1", #""say""#, "{", #"{"type":"say""#, "\u{0}", "{}{}"])
    func `what is no object is refused as that`(text: String) {
        #expect(problem(text)?.kind == .notObject)
    }

    @Test(arguments: [#"{}"#, #"{"type":7}"#, #"{"type":"shout"}"#, #"{"type":null}"#])
    func `an unknown type is refused as that`(text: String) {
        #expect(problem(text)?.kind == .unknownType)
    }

    @Test func `a field that is needed is missed by its name`() {
        let needed: [(String, [String])] = [
            ("hello", ["session"]), ("say", ["room", "text", "id"]),
            ("whisper", ["to", "text", "id"]), ("enter", ["room"]), ("leave", ["room"]),
            ("rename", ["name"]), ("login", ["name", "password"]),
            ("register", ["name", "password"]), ("password", ["password", "new"]),
            ("delete", ["number"]), ("search", ["words"]), ("people", ["room"]),
            ("seen", ["room", "number"]),
        ]
        for (type, fields) in needed {
            for missing in fields {
                var object: [String: JSON] = ["type": .text(type)]
                for field in fields where field != missing {
                    object[field] = field == "number" ? .integer(1) : .text(Self.session)
                }
                let text = JSON.object(object).encoded.text
                #expect(problem(text)?.kind == .missing(field: missing), "\(text)")
                #expect(problem(text)?.type?.rawValue == type)
            }
        }
        #expect(
            problem(#"{"type":"history","room":"r"}"#)?.kind == .missing(field: "count"))
    }

    @Test(arguments: [
        (#"{"type":"say","room":1,"text":"t","id":"i"}"#, "room"),
        (#"{"type":"say","room":"r","text":["t"],"id":"i"}"#, "text"),
        (#"{"type":"say","room":"r","text":"t","id":""}"#, "id"),
        (#"{"type":"say","room":"r","text":"t","id":"a\u0007b"}"#, "id"),
        (#"{"type":"say","room":"r","text":"t","id":"i","reply":-1}"#, "reply"),
        (#"{"type":"say","room":"r","text":"t","id":"i","reply":1.5}"#, "reply"),
        (#"{"type":"say","room":"r","text":"t","id":"i","reply":"1"}"#, "reply"),
        (#"{"type":"delete","number":1e300}"#, "number"),
        (#"{"type":"bye","soon":1}"#, "soon"),
        (#"{"type":"hello","session":"short"}"#, "session"),
        (#"{"type":"hello","session":"abcdefghijklmnopqrstu-_","rooms":["general"]}"#, "rooms"),
        (#"{"type":"hello","session":"abcdefghijklmnopqrstu-_","rooms":{"a":"1"}}"#, "rooms"),
        (#"{"type":"hello","session":"abcdefghijklmnopqrstu-_","language":"fr"}"#, "language"),
        (#"{"type":"hello","session":"abcdefghijklmnopqrstu-_","whispers":true}"#, "whispers"),
        (#"{"type":"history","room":"r","count":0}"#, "count"),
        (#"{"type":"history","room":"r","count":201}"#, "count"),
        (#"{"type":"history","room":"r","count":9e18}"#, "count"),
        (#"{"type":"history","count":1}"#, "room"),
        (#"{"type":"history","room":"r","with":"bob","count":1}"#, "room"),
    ])
    func `a wrong field is named`(text: String, field: String) {
        guard case .wrong(let found, _)? = problem(text)?.kind else {
            Issue.record("\(text): \(String(describing: problem(text)))")
            return
        }
        #expect(found == field)
    }

    @Test func `an id has 1 to 64 characters, and the answer to a wrong message has it`() {
        func say(_ id: String) -> String {
            #"{"type":"say","room":"r","text":"t","id":"\#(id)"}"#
        }
        #expect(problem(say(String(repeating: "x", count: 64))) == nil)
        #expect(problem(say(String(repeating: "ñ", count: 64))) == nil)
        #expect(problem(say(String(repeating: "x", count: 65))) != nil)
        let wrong = problem(#"{"type":"say","room":7,"text":"t","id":"mine"}"#)
        #expect(wrong.map { RequestName($0) } == .id("mine"))
        let other = problem(#"{"type":"enter","id":"mine"}"#)
        #expect(other.map { RequestName($0) } == .type(.enter))
        let unknown = problem(#"{"type":"shout","id":"mine"}"#)
        #expect(unknown.map { RequestName($0) } == .id("mine"))
        #expect(problem("[]").map { RequestName($0) } == .unknown)
    }

    @Test func `a password is never shown`() throws {
        let message = try read(#"{"type":"login","name":"ana","password":"s3cr3t"}"#)
        #expect(!"\(message)".contains("s3cr3t"))
        let hello = try read(
            #"{"type":"hello","session":"\#(Self.session)","name":"ana","password":"s3cr3t"}"#)
        #expect(!"\(hello)".contains("s3cr3t"))
        #expect(!"\(hello)".contains(Self.session))
        let change = try read(#"{"type":"password","password":"s3cr3t","new":"n3w"}"#)
        #expect(!"\(change)".contains("s3cr3t") && !"\(change)".contains("n3w"))
    }

    @Test(arguments: Seeded.some)
    func `no bytes do any harm`(seed: UInt64) {
        var random = Seeded(seed)
        let samples = Self.samples.map { Array($0.0.utf8) }
        for _ in 0..<3_000 {
            var bytes = samples.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: at)
                default: bytes.removeSubrange(at...)
                }
            }
            do throws(MessageProblem) {
                _ = try ClientMessageReader.read(bytes)
            } catch {
                _ = RequestName(error)
            }
        }
    }
}

extension RequestName {
    /// The name of the type, or what stands for it.
    fileprivate var typeName: String {
        switch self {
        case .id(let id): id
        case .type(let type): type.rawValue
        case .unknown: "unknown"
        }
    }
}
