import MessageBus

/// A path in which `*` stands for any text and `?` for one character of a name, and `**` for any
/// number of directories.
///
/// As in a shell, a `*` at the beginning of a name does not stand for a dot.
package struct PathPattern: Sendable, Hashable {
    /// A part of it, between two slashes.
    enum Step: Sendable, Hashable {
        case name(String)
        case glob(Glob)
        case anyDepth
    }

    /// As it was written.
    let text: String
    let isAbsolute: Bool
    let steps: [Step]

    init(_ text: String) {
        self.text = text
        isAbsolute = text.hasPrefix("/")
        steps = text.split(separator: "/").map { part in
            if part == "**" { return .anyDepth }
            let glob = Glob(String(part))
            return glob.isLiteral ? .name(String(part)) : .glob(glob)
        }
    }

    /// Whether there are neither `*` nor `?` in it.
    var isLiteral: Bool {
        steps.allSatisfy { step in
            if case .name = step { true } else { false }
        }
    }

    /// Whether a whole path matches.
    func matches(_ path: FilePath) -> Bool {
        guard isAbsolute == (path.bytes.first == UInt8(ascii: "/")) else { return false }
        let names = path.bytes.split(separator: UInt8(ascii: "/"))
        return Self.matches(steps[...], names[...])
    }

    /// Whether a name could be that of a file that matches.
    func mayMatch(name: some Collection<UInt8>) -> Bool {
        steps.last.map { $0.matches(name) } ?? false
    }

    private static func matches(
        _ steps: ArraySlice<Step>, _ names: ArraySlice<ArraySlice<UInt8>>
    ) -> Bool {
        guard let step = steps.first else { return names.isEmpty }
        if step == .anyDepth {
            if steps.count == 1 { return !names.isEmpty }
            return matches(steps.dropFirst(), names)
                || (!names.isEmpty && matches(steps, names.dropFirst()))
        }
        guard let name = names.first, step.matches(name) else { return false }
        return matches(steps.dropFirst(), names.dropFirst())
    }
}

extension PathPattern.Step {
    /// Whether a name matches this step.
    func matches(_ name: some Collection<UInt8>) -> Bool {
        switch self {
        case .name(let text): return name.elementsEqual(text.utf8)
        case .anyDepth: return name.first != UInt8(ascii: ".")
        case .glob(let glob):
            if name.first == UInt8(ascii: "."), glob.pattern.utf8.first != UInt8(ascii: ".") {
                return false
            }
            return name.withContiguousStorageIfAvailable { glob.matches($0.span) }
                ?? Array(name).withUnsafeBufferPointer { glob.matches($0.span) }
        }
    }
}

extension PathPattern: OptionValue {
    /// In words.
    package static var expectation: String { "a path, perhaps with * ? or **" }
    /// In words.
    package static var pluralExpectation: String { "paths, perhaps with * ? or **" }

    /// Takes any string that names something below a directory.
    package static func decode(_ value: ConfigValue, into problems: inout Problems) -> PathPattern?
    {
        guard let text = value.text else {
            problems.expected(Self.self, found: value)
            return nil
        }
        let pattern = PathPattern(text)
        // A name without a slash is looked for in every directory where files are left out.
        let isLiteral = pattern.isLiteral && text.utf8.contains(UInt8(ascii: "/"))
        return problems.isPath(value, isLiteral: isLiteral) ? pattern : nil
    }

    /// As JSON.
    package var rendered: String { text.rendered }
}
