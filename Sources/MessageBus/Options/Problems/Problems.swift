/// What is wrong so far: whoever decodes adds to it and goes on.
///
/// Also hands those who decode what they may have to know of the rest of the file.
public struct Problems: Sendable {
    /// The rooms there are, for options that name one; nil when that can't be told.
    public var rooms: [String]? { didSet { roomNames = rooms.map { Set($0) } } }
    /// Which way messages go in the bridge that is decoded, and where that is written.
    package var direction: (way: Direction, location: ConfigLocation)?
    /// What the middleware that is decoded judges; nil elsewhere.
    package var judged: JudgedKinds?
    /// Looks at files; nil where there are none to look at.
    package var files: FileLookup?
    /// What the entries do with files.
    package var fileUses = FileUses()

    private var roomNames: Set<String>?
    private var wrong = FirstProblems()
    private var doubtful = FirstProblems()
    private var claims: [Claim: ConfigLocation] = [:]
    /// Names that may still be compared: suggestions in a file of a hundred thousand rooms would
    /// take minutes.
    private var comparisons = 400_000

    /// What only one entry of the file may have.
    private struct Claim: Hashable {
        let name: String
        let value: Secret
    }

    /// Makes a collection with nothing in it.
    public init(rooms: [String]? = nil) {
        self.rooms = rooms
        roomNames = rooms.map { Set($0) }
    }

    /// The same knowledge with nothing wrong: for a decoder that wants to try something.
    package var cleared: Problems {
        var result = self
        result.wrong = FirstProblems()
        result.doubtful = FirstProblems()
        return result
    }

    /// Tells whether nothing is wrong; there may be warnings.
    public var isEmpty: Bool { count == 0 }
    /// How many problems there are; warnings are none.
    public var count: Int { wrong.count }
    /// How many warnings there are.
    public var warningCount: Int { doubtful.count }

    /// The problems by position, a hundred at most; those at the same place in the order they were
    /// found.
    public var sorted: [Problem] { wrong.sorted }
    /// The warnings by position, a hundred at most.
    public var sortedWarnings: [Problem] { doubtful.sorted }

    /// Tells whether a room exists; true if that can't be told.
    func hasRoom(_ name: String) -> Bool { roomNames?.contains(name) ?? true }

    /// Notes that an entry has a value that is to be nobody else's.
    ///
    /// - Returns: who had it first; nil if nobody had.
    mutating func claim(_ value: String, _ name: String, by owner: ConfigLocation)
        -> ConfigLocation?
    {
        let claim = Claim(name: name, value: Secret(value))
        if let first = claims[claim] { return first }
        claims[claim] = owner
        return nil
    }

    /// Adds a problem or a warning.
    public mutating func add(_ problem: Problem) {
        if problem.isWarning { doubtful.add(problem) } else { wrong.add(problem) }
    }

    /// Adds a sentence about a place.
    public mutating func add(_ sentence: String, at location: ConfigLocation) {
        add(Problem(sentence, at: location))
    }

    /// Adds all that was found elsewhere.
    package mutating func add(_ others: Problems) {
        wrong.add(others.wrong)
        doubtful.add(others.doubtful)
    }

    /// Adds a sentence about a place that might be meant as it is.
    public mutating func warn(_ sentence: String, at location: ConfigLocation) {
        add(Problem(sentence, at: location, isWarning: true))
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
        add("expected \(expectation), found \(shown)\(suggestion)", at: value.location)
    }

    /// Adds `expected …, found …` about a value of an option's type, not showing it if it is secret,
    /// and what was probably meant.
    public mutating func expected<Value: OptionValue>(
        _ type: Value.Type, found value: ConfigValue
    ) {
        expected(
            Value.expectation, found: value, isSecret: Value.isSecret,
            suggestion: Self.hint(type, for: value))
    }

    /// `; ` and what was probably meant by a value of an option's type, or nothing.
    static func hint<Value: OptionValue>(_ type: Value.Type, for value: ConfigValue) -> String {
        if Value.isSecret { return "" }
        if value.shownAs != nil {
            let isText = !(Value.self is any Numeric.Type) && Value.self != Bool.self
            return isText ? "" : "; what is put in is always a string"
        }
        // What lacks its brackets elsewhere has them here.
        if value.elements.count == 1, let element = value.elements.first, element.shownAs == nil {
            var quiet = Problems()
            if let meant = Value.decode(element, into: &quiet), meant.rendered.utf8.count <= 80 {
                return "; write \(meant.rendered) without [ ]"
            }
        }
        return Value.hint(for: value).map { "; \($0)" } ?? ""
    }

    /// `; did you mean "listen"?`, or nothing.
    package mutating func suggestion(for text: String, among names: [String]) -> String {
        nearest(to: text, among: names).map { "; did you mean \($0.quoted)?" } ?? ""
    }

    /// The name that was probably meant; nil also when so many names were compared for other
    /// problems that nobody would wait for more.
    package mutating func nearest(to text: String, among names: [String]) -> String? {
        guard comparisons > 0, count < FirstProblems.most else { return nil }
        comparisons -= names.count
        return Suggestion.nearest(to: text, among: names)
    }
}
