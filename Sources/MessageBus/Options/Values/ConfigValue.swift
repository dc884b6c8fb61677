/// A value of the configuration that knows where it was written.
public struct ConfigValue: Sendable, CustomStringConvertible {
    /// The kinds of value.
    public enum Kind: Sendable {
        /// `null`.
        case null
        /// `true` or `false`.
        case bool(Bool)
        /// A number, as it was written.
        case number(String)
        /// A text, with its references replaced.
        case string(String)
        /// A list.
        case array([ConfigValue])
        /// An object, with its members in the order they were written.
        case object([Member])
        /// Something already reported as wrong; decoders report nothing more about it.
        case invalid
    }

    /// A key and its value.
    public struct Member: Sendable {
        /// The key.
        public var key: String
        /// The location of the key.
        public var keyLocation: ConfigLocation
        /// The value, which has its own place.
        public var value: ConfigValue

        /// Makes a member of its key, the key's place and its value.
        public init(key: String, keyLocation: ConfigLocation, value: ConfigValue) {
            self.key = key
            self.keyLocation = keyLocation
            self.value = value
        }
    }

    /// The kind of value, with its contents.
    public var kind: Kind
    /// The location of the value.
    public var location: ConfigLocation
    /// The text to show in its stead, where its own came out of the environment or a file.
    package var shownAs: String?

    /// Makes a value from its kind and its location.
    public init(_ kind: Kind, at location: ConfigLocation) {
        self.kind = kind
        self.location = location
    }

    /// The members of an object; none for other kinds.
    public var members: [Member] {
        if case .object(let members) = kind { members } else { [] }
    }

    /// Returns the first member with a key, if this is an object that has one.
    public func member(_ key: String) -> Member? {
        members.first { $0.key == key }
    }

    /// The elements of a list; none for other kinds.
    public var elements: [ConfigValue] {
        if case .array(let elements) = kind { elements } else { [] }
    }

    /// The text of a string; nil for other kinds.
    public var text: String? {
        if case .string(let text) = kind { text } else { nil }
    }

    /// The value for a sentence, `-5` or `"user"`, bounded in length.
    ///
    /// Not for secrets.
    public var found: String {
        switch kind {
        case .bool(let isTrue): isTrue ? "true" : "false"
        case .number(let text): text.shortened(to: 40)
        case .string(let text):
            (shownAs ?? text).shortened(to: 60).quoted + (shownAs ?? text).oddCharacter
        default: kindName
        }
    }

    /// The kind of value in words, `a number`; never the value itself.
    public var kindName: String {
        switch kind {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        case .invalid: "something wrong"
        }
    }

    /// The kind and the place; never the value, which may be a secret.
    public var description: String {
        location.path.isEmpty ? kindName : "\(kindName) at \(location.path)"
    }
}

extension ConfigValue {
    /// The value as JSON with its keys in order, for comparing; never to be shown.
    var canonical: String {
        switch kind {
        case .null, .invalid: "null"
        case .bool(let isTrue): isTrue ? "true" : "false"
        case .number(let text): text
        case .string(let text): text.quoted
        case .array(let elements):
            "[" + elements.map(\.canonical).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }
                .map { "\($0.key.quoted):\($0.value.canonical)" }.joined(separator: ",") + "}"
        }
    }
}

extension ConfigValue: CustomReflectable {
    /// Shows what `description` shows, so that no dump prints a secret.
    public var customMirror: Mirror {
        Mirror(self, children: ["kind": kindName, "path": location.path])
    }
}
