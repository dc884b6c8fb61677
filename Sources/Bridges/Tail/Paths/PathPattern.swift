import Chat
import MessageBus

/// A path in which `*` stands for any text in a name, `?` for one character and `[a-z]` for one of
/// a set, `**` for any number of directories, and `{a,b}` for either.
///
/// As in a shell, a `*` at the beginning of a name does not match a dot, and a backslash takes away
/// the special meaning of the next character.
package struct PathPattern: Sendable, Hashable {
    /// A part of the pattern, between two slashes.
    enum Step: Sendable, Hashable {
        case name([UInt8])
        case glob(PathGlob)
        case anyDepth
    }

    /// The pattern as it was written.
    let text: String
    let isAbsolute: Bool
    let steps: [Step]

    /// Creates a pattern from a text without braces; otherwise they stand for themselves.
    init(_ text: String) {
        self.text = text
        isAbsolute = text.hasPrefix("/")
        steps = Self.parts(text).map { part in
            if part == "**" { return .anyDepth }
            let glob = PathGlob(part)
            return glob.literal.map { .name($0) } ?? .glob(glob)
        }
    }

    /// The same pattern in a directory, unless it is absolute.
    init(_ text: String, in directory: (String) -> String) {
        let path = directory(text)
        guard path.count > text.count, path.hasSuffix(text) else {
            self.init(path)
            return
        }
        // Special characters in the directory's name stand for themselves.
        let location = path.dropLast(text.count).map {
            "*?[]{},\\".contains($0) ? "\\\($0)" : String($0)
        }
        self.init(location.joined() + text)
    }

    /// The patterns that this one stands for, one for each choice in braces.
    var expanded: [PathPattern] { (PathAlternatives.expand(text) ?? [text]).map(PathPattern.init) }

    private static func parts(_ text: String) -> [Substring] {
        text.split(separator: "/")
    }

    /// The deepest directory that contains all matches and is named literally.
    var root: FilePath {
        var path = FilePath(isAbsolute ? "/" : ".")
        for step in steps.dropLast() {
            guard case .name(let name) = step else { break }
            path = path.appending(name)
        }
        return path
    }

    /// True if no part of the pattern has a special meaning.
    var isLiteral: Bool {
        steps.allSatisfy { step in
            if case .name = step { true } else { false }
        }
    }

    /// True if the file itself is named.
    var namesFile: Bool {
        if case .name = steps.last { true } else { false }
    }

    /// Returns true if a whole path matches.
    func matches(_ path: FilePath) -> Bool {
        guard isAbsolute == (path.bytes.first == UInt8(ascii: "/")) else { return false }
        let names = path.bytes.split(separator: UInt8(ascii: "/"))
        return Self.matches(steps[...], names[...])
    }

    /// Returns true if a name could be that of a file that matches.
    func mayMatch(name: some Collection<UInt8>) -> Bool {
        steps.last.map { $0.matches(name) } ?? false
    }

    private static func matches(
        _ steps: ArraySlice<Step>, _ names: ArraySlice<ArraySlice<UInt8>>
    ) -> Bool {
        guard let step = steps.first else { return names.isEmpty }
        if step == .anyDepth {
            if steps.count == 1 {
                return !names.isEmpty && names.allSatisfy { Step.anyDepth.matches($0) }
            }
            if matches(steps.dropFirst(), names) { return true }
            guard let name = names.first, step.matches(name) else { return false }
            return matches(steps, names.dropFirst())
        }
        guard let name = names.first, step.matches(name) else { return false }
        return matches(steps.dropFirst(), names.dropFirst())
    }

    // MARK: - Step by step

    /// The indices of the steps to match in the topmost directory.
    var firstIndices: Set<Int> { withSkipped([0]) }

    /// Returns the indices of the steps to match in a directory, given its names from the top.
    func stepIndices(in names: some Sequence<ArraySlice<UInt8>>) -> Set<Int> {
        names.reduce(firstIndices) { stepIndices, name in
            self.stepIndices(after: name, from: stepIndices)
        }
    }

    /// Returns the indices of the steps to match in a subdirectory of a name.
    func stepIndices(after name: some Collection<UInt8>, from stepIndices: Set<Int>) -> Set<Int> {
        var next: Set<Int> = []
        for index in stepIndices where index < steps.count && steps[index].matches(name) {
            next.insert(steps[index] == .anyDepth ? index : index + 1)
        }
        return withSkipped(next).filter { $0 < steps.count }
    }

    /// Adds the steps behind each `**`, which may stand for no directory.
    private func withSkipped(_ stepIndices: Set<Int>) -> Set<Int> {
        var all = stepIndices
        for index in stepIndices.sorted() {
            var index = index
            while index < steps.count - 1, steps[index] == .anyDepth {
                index += 1
                all.insert(index)
            }
        }
        return all
    }
}

extension PathPattern.Step {
    /// Returns true if a name matches this step.
    func matches(_ name: some Collection<UInt8>) -> Bool {
        switch self {
        case .name(let text): name.elementsEqual(text)
        case .anyDepth: name.first != UInt8(ascii: ".")
        case .glob(let glob): glob.matches(name)
        }
    }
}

extension PathPattern: OptionValue {
    /// In words.
    package static var expectation: String { "a path, perhaps with * ? [] {} or **" }
    /// In words.
    package static var pluralExpectation: String { "paths, perhaps with * ? [] {} or **" }

    /// A string.
    package static var schema: OptionSchema { .string }

    /// Decodes any string that names something below a directory.
    package static func decode(_ value: ConfigValue, into problems: inout Problems) -> PathPattern?
    {
        guard let text = value.text else {
            problems.expected(Self.self, found: value)
            return nil
        }
        guard let all = PathAlternatives.expand(text) else {
            problems.expected("at most \(PathAlternatives.bound) choices in braces", found: value)
            return nil
        }
        let pattern = PathPattern(text)
        // A name without a slash applies in every directory, but only for patterns that exclude
        // files.
        let isLiteral =
            all.count == 1 && pattern.isLiteral && text.utf8.contains(UInt8(ascii: "/"))
        guard problems.isPath(value, isLiteral: isLiteral) else { return nil }
        if all.contains(where: { $0.hasSuffix("/") || PathPattern($0).steps.isEmpty }) {
            problems.expected("a path of files", found: value)
            return nil
        }
        return pattern
    }

    /// As JSON.
    package var rendered: String { text.rendered }
}
