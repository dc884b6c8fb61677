/// Something wrong with the configuration, in one sentence.
public struct Problem: Sendable, Hashable {
    /// The line it is in, from 1; nil where the whole file is meant, as when there is none.
    public var line: Int? { position?.line }
    /// The column it begins at, in characters from 1.
    public var column: Int? { position?.column }
    /// What it is about, as `middleware[1].messages`; empty for the whole file.
    public let path: String
    /// What was expected and what was found; one line, without a full stop, never with a secret.
    public let sentence: String

    package let position: Position?

    /// Makes a problem of a place and a sentence.
    public init(_ sentence: String, at place: Place) {
        self.init(sentence, path: place.path, position: place.position)
    }

    /// Makes a problem of the whole file.
    public init(_ sentence: String) {
        self.init(sentence, path: "", position: nil)
    }

    private init(_ sentence: String, path: String, position: Position?) {
        self.sentence = sentence.onOneLine
        self.path = path
        self.position = position
    }

    /// The line of a report: `bridge.json:9:36: middleware[1].messages: expected …`.
    public func rendered(in file: String) -> String {
        let place = position.map { ":\($0.line):\($0.column)" } ?? ""
        return "\(file)\(place): " + (path.isEmpty ? "" : "\(path): ") + sentence
    }
}

/// What is wrong so far: whoever decodes adds to it and goes on.
public struct Problems: Sendable {
    /// The rooms there are, for options that name one; nil when that can't be told.
    public var rooms: [String]?

    private var found: [Problem] = []
    private var claims: [Claim: Place] = [:]

    /// What only one entry of the file may have.
    private struct Claim: Hashable {
        let name: String
        let value: Secret
    }

    /// Makes a collection with nothing in it.
    public init(rooms: [String]? = nil) {
        self.rooms = rooms
    }

    /// Tells whether nothing is wrong.
    public var isEmpty: Bool { found.isEmpty }

    /// How many problems there are.
    public var count: Int { found.count }

    /// The problems by position; those at the same place in the order they were found.
    public var sorted: [Problem] {
        let origin = Position(line: 0, column: 0)
        return found.enumerated().sorted { left, right in
            let (one, other) = (left.element.position ?? origin, right.element.position ?? origin)
            return one == other ? left.offset < right.offset : one < other
        }.map(\.element)
    }

    /// Notes that an entry has a value that is to be nobody else's.
    ///
    /// - Returns: who had it first; nil if nobody had.
    mutating func claim(_ value: String, _ name: String, by owner: Place) -> Place? {
        let claim = Claim(name: name, value: Secret(value))
        if let first = claims[claim] { return first }
        claims[claim] = owner
        return nil
    }

    /// Adds a problem.
    public mutating func add(_ problem: Problem) {
        found.append(problem)
    }

    /// Adds a sentence about a place.
    public mutating func add(_ sentence: String, at place: Place) {
        found.append(Problem(sentence, at: place))
    }

    /// Adds `expected …, found …` about a value, or only its kind where it may be a secret.
    ///
    /// Says nothing about a value that was reported already.
    public mutating func expected(
        _ expectation: String, found value: ConfigValue, isSecret: Bool = false,
        suggestion: String = ""
    ) {
        if case .invalid = value.kind { return }
        let shown = isSecret ? value.kindName : value.found
        add("expected \(expectation), found \(shown)\(suggestion)", at: value.place)
    }

    /// Adds `expected …, found …` about a value of an option's type, not showing it if it is secret.
    public mutating func expected<Value: OptionValue>(
        _ type: Value.Type, found value: ConfigValue
    ) {
        expected(Value.expectation, found: value, isSecret: Value.isSecret)
    }
}
