/// The options of a plug-in: a struct whose properties are declared with `@Option`.
///
/// Is itself a value, so that options can have options inside.
public protocol PluginOptions: OptionValue {
    /// Makes the options with their defaults.
    init()

    /// Checks what one option alone can't tell. Called only with options that are right by themselves.
    func validate(_ check: inout OptionCheck)
}

extension PluginOptions {
    /// Finds nothing wrong.
    public func validate(_ check: inout OptionCheck) {}

    /// In words.
    public static var expectation: String { "an object" }

    /// True if one of the options is: then not even a wrong value in place of all of them is shown.
    public static var isSecret: Bool { options.contains(where: \.isSecret) }

    /// The options.
    public static var nestedOptions: [OptionDescription] { options }

    /// The options in the order of their declaration.
    public static var options: [OptionDescription] {
        Self().declared.map { $0.option.described(as: $0.name) }
    }

    /// Takes an object that has no other keys than the options.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Self? {
        decode(value, owner: value.place.key, beside: [], into: &problems)
    }

    /// Takes an object that may also have keys that are decoded elsewhere.
    ///
    /// - Parameters:
    ///   - owner: who has no option of an unknown name; empty for the whole file.
    ///   - others: the names that are decoded elsewhere; nil to say nothing about any name.
    package static func decode(
        _ value: ConfigValue, owner: String, beside others: [String]?,
        into problems: inout Problems
    ) -> Self? {
        guard case .object(let members) = value.kind else {
            problems.expected(Self.self, found: value)
            return nil
        }
        let options = Self()
        let declared = options.declared
        var misspelt: Set<String> = []
        if let others {
            let known = declared.map(\.name) + others
            misspelt = reportUnknown(members, owner: owner, known: known, into: &problems)
        }
        var isGood = true
        for (name, option) in declared {
            if let member = value.member(name) {
                isGood = option.decode(member.value, into: &problems) && isGood
            } else if option.isRequired {
                isGood = false
                // Who wrote `lisen` is told so; that `listen` is missing is the same mistake.
                if !misspelt.contains(name) {
                    let expectation = option.described(as: name).expectation
                    problems.add("missing \(name.quoted), \(expectation)", at: value.place)
                }
            } else {
                option.leaveOut(of: value.place)
            }
        }
        guard isGood else { return nil }
        let count = problems.count
        var check = OptionCheck(object: value.place, problems: problems)
        options.validate(&check)
        problems = check.problems
        return problems.count == count ? options : nil
    }

    /// As JSON, with all options that have a value.
    public var rendered: String {
        let members = declared.compactMap { name, option in
            option.rendered().map { "\(name.quoted):\($0)" }
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// Reports keys that nobody knows, and returns the names that were probably meant.
    private static func reportUnknown(
        _ members: [ConfigValue.Member], owner: String, known: [String],
        into problems: inout Problems
    ) -> Set<String> {
        let present = Set(members.map(\.key))
        let absent = known.filter { !present.contains($0) }
        var meant: Set<String> = []
        for member in members where !known.contains(member.key) {
            let key = member.key.shortened(to: 60).quoted
            let subject = owner.isEmpty ? "there is no option" : "\(owner.quoted) has no option"
            let nearest =
                Suggestion.nearest(to: member.key, among: absent)
                ?? Suggestion.nearest(to: member.key, among: known)
            let ending = nearest.map { "; did you mean \($0.quoted)?" } ?? ""
            problems.add("\(subject) \(key)\(ending)", at: member.keyPlace)
            if let nearest { meant.insert(nearest) }
        }
        return meant
    }

    /// The properties declared with `@Option`, which reflection names with an underscore.
    private var declared: [(name: String, option: any DeclaredOption)] {
        Mirror(reflecting: self).children.compactMap { child in
            guard let label = child.label, let option = child.value as? any DeclaredOption else {
                return nil
            }
            return (label.hasPrefix("_") ? String(label.dropFirst()) : label, option)
        }
    }
}

/// Takes the problems that options find with one another.
public struct OptionCheck {
    /// Where the options are.
    public let object: Place
    /// The rooms there are; nil when that can't be told.
    public var rooms: [String]? { problems.rooms }

    fileprivate(set) var problems: Problems

    init(object: Place, problems: Problems) {
        self.object = object
        self.problems = problems
    }

    /// Adds a problem of the options as a whole.
    public mutating func problem(_ sentence: String) {
        problems.add(sentence, at: object)
    }

    /// Adds a problem of one option: `check.problem("…", at: $burst)`.
    public mutating func problem(_ sentence: String, at source: OptionSource) {
        problems.add(sentence, at: source.place)
    }

    /// Adds a problem that was found before, as while one of the options was decoded.
    public mutating func problem(_ problem: Problem) {
        problems.add(problem)
    }

    /// Adds a problem if an earlier entry of the file, of whatever type, has the same value:
    /// `check.unique(token.reveal(), "token", expected: "a bot of its own", at: $token)`.
    ///
    /// The value is not shown.
    ///
    /// - Parameters:
    ///   - name: what the entries have in common; values are compared under the same name only.
    ///   - expectation: what should be there, with its article.
    public mutating func unique(
        _ value: String, _ name: String, expected expectation: String, at source: OptionSource
    ) {
        guard let owner = problems.claim(value, name, by: object), owner != object else { return }
        problem(
            "expected \(expectation), found the \(name) of \(owner.path)", at: source)
    }

    /// Adds a problem of a place, as of one element: `check.problem("…", at: $paths[2])`.
    public mutating func problem(_ sentence: String, at place: Place) {
        problems.add(sentence, at: place)
    }
}

/// The options of what has none.
struct NoOptions: PluginOptions {}
