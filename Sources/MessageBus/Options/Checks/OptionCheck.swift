/// A collector of the problems that options find with one another.
public struct OptionCheck {
    /// The location of the options.
    public let object: ConfigLocation
    /// The rooms that exist; nil if they are not known.
    public var rooms: [String]? { problems.rooms }
    /// The direction of messages in this bridge, and its location in the file; nil elsewhere.
    public var direction: (way: Direction, location: ConfigLocation)? { problems.direction }

    var problems: Problems

    init(object: ConfigLocation, problems: Problems) {
        self.object = object
        self.problems = problems
    }

    /// Adds a problem of the options as a whole.
    public mutating func problem(_ sentence: String) {
        problems.add(sentence, at: object)
    }

    /// Adds a problem of one option: `check.problem("…", at: $burst)`.
    public mutating func problem(_ sentence: String, at location: OptionLocation) {
        problems.add(sentence, at: location.location)
    }

    /// Adds a problem that was found before, for instance while an option was decoded.
    public mutating func problem(_ problem: Problem) {
        problems.add(problem)
    }

    /// Adds everything that was found before.
    public mutating func problems(_ found: Problems) {
        problems.add(found)
    }

    /// Adds a warning about something that may be intended: `check.warning("…", at: $history)`.
    public mutating func warning(_ sentence: String, at location: OptionLocation) {
        problems.warn(sentence, at: location.location)
    }

    /// Adds a warning about a place, such as that of one element.
    public mutating func warning(_ sentence: String, at location: ConfigLocation) {
        problems.warn(sentence, at: location)
    }

    /// Adds a problem if an earlier entry of the file, of whatever type, has the same value:
    /// `check.unique(token.reveal(), "token", expected: "a bot of its own", at: $token)`.
    ///
    /// The value is not shown.
    ///
    /// - Parameters:
    ///   - value: the value, as text.
    ///   - name: the name of the thing that entries must not share; values are compared under the
    ///     same name only.
    ///   - expectation: the expected value, with its article.
    ///   - location: the option: `$token`.
    public mutating func unique(
        _ value: String, _ name: String, expected expectation: String, at location: OptionLocation
    ) {
        unique(value, name, expected: expectation, at: location.location)
    }

    /// Adds a problem of a place if an earlier entry of the file has the same value.
    ///
    /// - Parameters:
    ///   - value: the value, as text.
    ///   - name: the name of the thing that entries must not share; values are compared under the
    ///     same name only.
    ///   - expectation: the expected value, with its article.
    ///   - location: the location of the element in the file.
    ///   - hint: advice, with the punctuation in front of it.
    public mutating func unique(
        _ value: String, _ name: String, expected expectation: String, at location: ConfigLocation,
        hint: String = ""
    ) {
        guard let owner = problems.claim(value, name, by: object), owner != object else { return }
        problem("expected \(expectation), found the \(name) of \(owner.path)\(hint)", at: location)
    }

    /// Adds a problem at a place, such as that of one element: `check.problem("…", at: $paths[2])`.
    public mutating func problem(_ sentence: String, at location: ConfigLocation) {
        problems.add(sentence, at: location)
    }
}
