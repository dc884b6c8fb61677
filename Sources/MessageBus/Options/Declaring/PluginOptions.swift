/// The options of a plug-in: a struct whose properties are declared with `@Option`.
///
/// An options struct is itself a value, so that options can have options inside.
public protocol PluginOptions: OptionValue {
    /// Makes the options with their defaults.
    init()

    /// Keys that people know from other programs, in lower case without `_` and `-`, each with the
    /// text to write instead, such as `["port": "\"listen\": \"HOST:PORT\""]`.
    static var synonyms: [String: String] { get }

    /// Checks the options together. Called only when each option is right by itself.
    func validate(_ check: inout OptionCheck)
}

extension PluginOptions {
    /// Reports nothing.
    public func validate(_ check: inout OptionCheck) {}

    /// No other names.
    public static var synonyms: [String: String] { [:] }

    /// The expectation in words.
    public static var expectation: String { "an object" }

    /// Suggests the braces around the value of one option, or shows an object's form.
    public static func hint(for value: ConfigValue) -> String? {
        guard let (name, option) = Self().declared.first else { return nil }
        let standard = option.rendered() ?? "…"
        if value.text == "null" { return "write null without quotes" }
        var quiet = Problems()
        let isEmpty = value.text?.isEmpty ?? false
        if !isEmpty, option.decode(value, into: &quiet), let meant = option.rendered(),
            meant.utf8.count <= 80
        {
            return "did you mean {\(name.quoted): \(meant)}?"
        }
        return "it looks like {\(name.quoted): \(standard)}"
    }

    /// True if one of the options is secret: then not even a wrong value in place of all of them is
    /// shown.
    public static var isSecret: Bool { options.contains(where: \.isSecret) }

    /// The options.
    public static var nestedOptions: [OptionDescription] { options }
    /// An object of the options.
    public static var schema: OptionSchema { .object(options) }

    /// The options in the order of their declaration.
    public static var options: [OptionDescription] {
        Self().declared.map { $0.option.described(as: $0.name) }
    }

    /// Decodes an object that has no other keys than the options.
    public static func decode(_ value: ConfigValue, into problems: inout Problems) -> Self? {
        decode(value, owner: value.location.key, beside: [], into: &problems)
    }

    /// Decodes an object that may also have keys that are decoded elsewhere.
    ///
    /// - Parameters:
    ///   - owner: the entry that has no option of an unknown name; empty for the whole file.
    ///   - others: the names that are decoded elsewhere; nil to say nothing about any name.
    ///   - elsewhere: returns where a key that is unknown here belongs.
    package static func decode(
        _ value: ConfigValue, owner: String, beside others: [String]?,
        elsewhere: (String) -> String? = { _ in nil }, into problems: inout Problems
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
            misspelt = reportUnknown(members, owner, known, elsewhere, into: &problems)
        }
        var doubtful: [(name: String, option: any DeclaredOption)] = []
        for (name, option) in declared {
            if let member = value.member(name) {
                if !option.decode(member.value, into: &problems) {
                    doubtful.append((name, option))
                }
            } else if option.isRequired {
                doubtful.append((name, option))
                // A report about `lisen` is enough; a missing `listen` is the same mistake.
                if !misspelt.contains(name) {
                    let expectation = option.described(as: name).expectation
                    problems.add("missing \(name.quoted), \(expectation)", at: value.location)
                }
            } else {
                option.leaveOut(of: value.location)
                // A report about `words` is enough; an empty `drop` is the same mistake.
                if misspelt.contains(name) { doubtful.append((name, option)) }
            }
        }
        if !doubtful.isEmpty || !misspelt.isEmpty {
            DoubtfulOptions(doubtful).report(at: value.location, into: &problems) {
                options.validate(&$0)
            }
            return nil
        }
        let count = problems.count
        var check = OptionCheck(object: value.location, problems: problems)
        // One reference only: appending would copy the problems otherwise, for each entry of the
        // file.
        problems = Problems()
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

    /// The values, for comparing them with those of other options.
    package var decodedValues: DecodedValues {
        var result = DecodedValues()
        for (name, option) in declared { result.append(option.comparable(), for: name) }
        return result
    }

    /// All values in a form that is equal for equal options; never to be shown.
    var comparable: String {
        declared.map { "\($0.name.quoted):\($0.option.comparable())" }.joined(separator: ",")
    }

    /// Reports unknown keys, and returns the names that were probably meant.
    private static func reportUnknown(
        _ members: [ConfigValue.Member], _ owner: String, _ known: [String],
        _ elsewhere: (String) -> String?, into problems: inout Problems
    ) -> Set<String> {
        let names = Set(known)
        let present = Set(members.map(\.key))
        let absent = known.filter { !present.contains($0) }
        var meant: Set<String> = []
        for member in members where !names.contains(member.key) {
            let key = member.key.shortened(to: 60).quoted + member.key.oddCharacter
            let subject = owner.isEmpty ? "there is no option" : "\(owner.quoted) has no option"
            if let instead = instead(of: member.key) {
                problems.add("\(subject) \(key); did you mean \(instead)?", at: member.keyLocation)
                known.first { instead.hasPrefix($0.quoted) }.map { _ = meant.insert($0) }
            } else if let location = elsewhere(member.key) {
                problems.add("\(subject) \(key); \(location)", at: member.keyLocation)
            } else if let nearest = problems.nearest(to: member.key, among: absent)
                ?? problems.nearest(to: member.key, among: known)
            {
                problems.add(
                    "\(subject) \(key); did you mean \(nearest.quoted)?", at: member.keyLocation)
                meant.insert(nearest)
            } else {
                let all = known.isEmpty ? "none" : known.joined(separator: ", ")
                problems.add("\(subject) \(key); there are \(all)", at: member.keyLocation)
            }
        }
        return meant
    }

    /// Returns the text to write instead of a key of another program; nil if the key isn't known.
    package static func instead(of key: String) -> String? {
        synonyms[key.lowercased().filter { $0 != "_" && $0 != "-" }]
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
