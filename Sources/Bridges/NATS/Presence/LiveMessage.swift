import JSON
import TimeUnits

/// A message about the present moment from one instance to others, which no stream keeps.
enum LiveMessage: Sendable, Equatable {
    /// The instance is there; sent every five seconds.
    struct Hello: Sendable, Equatable {
        /// The instance's name, as people read it.
        var name: String
        /// A number for this run of the bridge.
        var run: String
        /// The start of the run.
        var since: Timestamp
        /// A count of all changes of the list of people there.
        var version: Int64
        /// True if all others are to say hello at once.
        var asks = false
    }

    /// People who came, went, or have another name since the last version.
    struct Change: Sendable, Equatable {
        var version: Int64
        var entered: [FleetPerson: Bool] = [:]
        var left: [FleetPerson] = []
        var renamed: [Renaming] = []
    }

    /// Somebody's new name.
    struct Renaming: Sendable, Equatable {
        var old: FleetPerson
        var new: FleetPerson
    }

    /// A part of all people there.
    struct People: Sendable, Equatable {
        var version: Int64
        var part: Int
        var parts: Int
        var people: [FleetPerson: Bool]
    }

    /// A private message.
    struct Whisper: Sendable, Equatable {
        /// The number by which a receipt refers to the message; `nil` for none.
        var id: Int64?
        var name: String
        var bridge: String
        /// The receiver, by the name that everybody sees there.
        var receiver: String
        var text: String
        var isAutomatic: Bool
    }

    /// An answer to a private message.
    struct Receipt: Sendable, Equatable {
        /// The message's number.
        var id: Int64
        /// `pass` if it was delivered, else the code of the reason.
        var code: String
    }

    case hello(Hello)
    case change(Change)
    /// Asks for all people.
    case ask
    case people(People)
    case whisper(Whisper)
    case receipt(Receipt)
    /// The instance ends.
    case bye

    // MARK: - JSON

    /// The JSON form.
    var json: JSON {
        switch self {
        case .hello(let hello):
            .object([
                "type": .text("hello"), "name": .text(hello.name), "run": .text(hello.run),
                "since": .integer(hello.since.milliseconds), "version": .integer(hello.version),
                "asks": .bool(hello.asks),
            ])
        case .change(let change):
            .object([
                "type": .text("change"), "version": .integer(change.version),
                "in": Self.list(change.entered),
                "out": .list(change.left.map { $0.json(hasNotices: true) }),
                "renamed": .list(
                    change.renamed.map {
                        .list([$0.old.json(hasNotices: true), $0.new.json(hasNotices: true)])
                    }),
            ])
        case .ask: .object(["type": .text("ask")])
        case .people(let people):
            .object([
                "type": .text("people"), "version": .integer(people.version),
                "part": .integer(Int64(people.part)), "parts": .integer(Int64(people.parts)),
                "people": Self.list(people.people),
            ])
        case .whisper(let whisper):
            .object([
                "type": .text("whisper"), "name": .text(whisper.name),
                "bridge": .text(whisper.bridge),
                "to": .text(whisper.receiver), "text": .text(whisper.text),
                "automatic": .bool(whisper.isAutomatic),
                "id": whisper.id.map { .integer($0) } ?? .null,
            ])
        case .receipt(let receipt):
            .object([
                "type": .text("receipt"), "id": .integer(receipt.id), "code": .text(receipt.code),
            ])
        case .bye: .object(["type": .text("bye")])
        }
    }

    private static func list(_ people: [FleetPerson: Bool]) -> JSON {
        .list(people.map { $0.json(hasNotices: $1) })
    }

    /// Reads the JSON form; `nil` if it is not one, or of a type that a later version may know.
    init?(_ json: JSON) {
        switch json["type"].string {
        case "hello":
            guard let name = json["name"].nonEmptyString, let run = json["run"].string,
                let since = json["since"].integer, let version = json["version"].integer
            else { return nil }
            self = .hello(
                Hello(
                    name: name, run: run, since: Timestamp(milliseconds: since), version: version,
                    asks: json["asks"].isTrue))
        case "change":
            guard let version = json["version"].integer else { return nil }
            let renamed = json["renamed"].elements.compactMap { pair -> Renaming? in
                guard pair.elements.count == 2, let old = FleetPerson(pair.elements[0]),
                    let new = FleetPerson(pair.elements[1])
                else { return nil }
                return Renaming(old: old, new: new)
            }
            self = .change(
                Change(
                    version: version, entered: Self.people(json["in"]),
                    left: json["out"].elements.compactMap { FleetPerson($0) }, renamed: renamed))
        case "ask": self = .ask
        case "people":
            guard let version = json["version"].integer, let part = json["part"].integer,
                let parts = json["parts"].integer
            else { return nil }
            self = .people(
                People(
                    version: version, part: Int(part), parts: Int(parts),
                    people: Self.people(json["people"])))
        case "whisper":
            guard let name = json["name"].nonEmptyString, let receiver = json["to"].nonEmptyString,
                let text = json["text"].string
            else { return nil }
            self = .whisper(
                Whisper(
                    id: json["id"].integer, name: name, bridge: json["bridge"].string ?? "",
                    receiver: receiver,
                    text: text, isAutomatic: json["automatic"].isTrue))
        case "receipt":
            guard let id = json["id"].integer, let code = json["code"].string else { return nil }
            self = .receipt(Receipt(id: id, code: code))
        case "bye": self = .bye
        default: return nil
        }
    }

    private static func people(_ json: JSON) -> [FleetPerson: Bool] {
        var result: [FleetPerson: Bool] = [:]
        for element in json.elements {
            guard let person = FleetPerson(element) else { continue }
            result[person] = element.elements.last?.isTrue ?? true
        }
        return result
    }
}
