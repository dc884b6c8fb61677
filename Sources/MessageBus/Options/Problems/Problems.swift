/// The problems found so far: decoders add to them and continue.
///
/// Also tells decoders the facts about the rest of the file that they may need.
public struct Problems: Sendable {
    /// The rooms that exist, for options that name one; nil if they are not known.
    public var rooms: [String]? { didSet { roomNames = rooms.map { Set($0) } } }
    /// The direction of messages in the bridge that is decoded, and its location in the file.
    package var direction: (way: Direction, location: ConfigLocation)?
    /// The kinds that the middleware that is decoded judges; nil elsewhere.
    package var judged: JudgedKinds?
    /// The check of files; `nil` where there are none to check.
    package var files: FileLookup?
    /// The files that entries use.
    package var fileUses = FileUses()

    /// The usual duration of the option that is decoded: its default; `nil` for others.
    var usualDuration: Duration?

    private var roomNames: Set<String>?
    private var wrong = FirstProblems()
    private var doubtful = FirstProblems()
    private var claims: [UniqueClaim: ConfigLocation] = [:]
    private var claimsByOwner: [ConfigLocation: [UniqueClaim]] = [:]
    /// The number of names that may still be compared: suggestions in a file of a hundred thousand
    /// rooms would take minutes.
    private var comparisons = 400_000

    /// Makes a collection with nothing in it.
    public init(rooms: [String]? = nil) {
        self.rooms = rooms
        roomNames = rooms.map { Set($0) }
    }

    /// The same facts without problems: for a decoder that wants to try something.
    public var cleared: Problems {
        var result = self
        result.wrong = FirstProblems()
        result.doubtful = FirstProblems()
        return result
    }

    /// True if nothing is wrong; there may be warnings.
    public var isEmpty: Bool { count == 0 }
    /// Number of problems, without warnings.
    public var count: Int { wrong.count }
    /// Number of warnings.
    public var warningCount: Int { doubtful.count }

    /// The problems by position, a hundred at most; those at the same place in the order they were
    /// found.
    public var sorted: [Problem] { wrong.sorted }
    /// The warnings by position, a hundred at most.
    public var sortedWarnings: [Problem] { doubtful.sorted }

    /// Returns whether a room exists; true if that can't be told.
    package func hasRoom(_ name: String) -> Bool { roomNames?.contains(name) ?? true }

    /// Records that an entry has a value that no other entry may have.
    ///
    /// - Returns: the location of the first entry that had it; nil if none had.
    mutating func claim(_ value: String, _ name: String, by owner: ConfigLocation)
        -> ConfigLocation?
    {
        let claim = UniqueClaim(name: name, value: Secret(value))
        if let first = claims[claim] { return first }
        claims[claim] = owner
        claimsByOwner[owner, default: []].append(claim)
        return nil
    }

    /// Returns the values of an entry that no other entry may have, each under its name; never to
    /// be shown.
    package func claims(of owner: ConfigLocation) -> Set<UniqueClaim> {
        Set(claimsByOwner[owner] ?? [])
    }

    /// Adds a problem or a warning.
    public mutating func add(_ problem: Problem) {
        if problem.isWarning { doubtful.add(problem) } else { wrong.add(problem) }
    }

    /// Adds a sentence about a location.
    public mutating func add(_ sentence: String, at location: ConfigLocation) {
        add(Problem(sentence, at: location))
    }

    /// Adds all problems of another collection.
    public mutating func add(_ others: Problems) {
        wrong.add(others.wrong)
        doubtful.add(others.doubtful)
    }

    /// Adds a warning about a location.
    public mutating func warn(_ sentence: String, at location: ConfigLocation) {
        add(Problem(sentence, at: location, isWarning: true))
    }

    /// Adds `expected …, found …` about a value; shows only its kind where it may be a secret.
    ///
    /// Adds nothing about a value that was reported already.
    public mutating func expected(
        _ expectation: String, found value: ConfigValue, isSecret: Bool = false,
        suggestion: String = ""
    ) {
        if case .invalid = value.kind { return }
        let shown = isSecret ? value.kindName : value.found
        add("expected \(expectation), found \(shown)\(suggestion)", at: value.location)
    }

    /// Adds `expected …, found …` about a value of an option's type, not showing it if it is
    /// secret, and a hint.
    public mutating func expected<Value: OptionValue>(
        _ type: Value.Type, found value: ConfigValue
    ) {
        expected(
            Value.expectation, found: value, isSecret: Value.isSecret,
            suggestion: hint(type, for: value))
    }

    /// Returns `; ` and a hint about a value of an option's type, or nothing.
    ///
    /// - Parameter isAllowed: returns whether a duration lies within the option's bounds.
    func hint<Value: OptionValue>(
        _ type: Value.Type, for value: ConfigValue,
        isAllowed: (Duration) -> Bool = { _ in true }
    ) -> String {
        if Value.isSecret { return "" }
        if value.shownAs != nil { return Self.hint(forReferenceAs: Value.self) }
        // A list of one element, where the element itself is expected.
        if value.elements.count == 1, let element = value.elements.first, element.shownAs == nil {
            var quiet = Problems()
            if let meant = Value.decode(element, into: &quiet), meant.rendered.utf8.count <= 80 {
                return "; write \(meant.rendered) without [ ]"
            }
        }
        if Value.self == Duration.self || Value.self == Duration?.self,
            let hint = Duration.hint(
                forBare: value, usual: usualDuration, isAllowed: isAllowed)
        {
            return "; \(hint)"
        }
        return Value.hint(for: value).map { "; \($0)" } ?? ""
    }

    /// Returns a hint for a string that a reference to the environment or a file has given, where
    /// it does not fit; its contents are not shown.
    static func hint<Value: OptionValue>(forReferenceAs type: Value.Type) -> String {
        let unit: String? =
            if Value.self == Duration.self || Value.self == Duration?.self {
                Duration.example?.rendered
            } else if Value.self == ByteCount.self || Value.self == ByteCount?.self {
                ByteCount.example?.rendered
            } else {
                nil
            }
        let sentence = "; what is put in is always a string"
        if let unit { return "\(sentence), which needs a unit as in \(unit)" }
        if Value.schema.takesStrings { return "" }
        return sentence + (Value.schema.remedyForReference.map { ": \($0)" } ?? "")
    }

    /// Returns `; did you mean "listen"?`, or nothing.
    package mutating func suggestion(for text: String, among names: [String]) -> String {
        nearest(to: text, among: names).map { "; did you mean \($0.quoted)?" } ?? ""
    }

    /// Returns the name that was probably meant; nil also when so many names were compared for
    /// other problems that nobody would wait for more.
    package mutating func nearest(to text: String, among names: [String]) -> String? {
        guard comparisons > 0, count < FirstProblems.maxCount else { return nil }
        comparisons -= names.count
        return Suggestion.nearest(to: text, among: names)
    }
}
