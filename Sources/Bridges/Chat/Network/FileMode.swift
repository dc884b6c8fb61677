import MessageBus

/// The permissions of a file, in octal as chmod(1) takes it: `"0660"`.
package struct FileMode: Sendable, Hashable {
    /// The bits.
    package let bits: UInt32

    /// Makes a mode of its bits.
    package init(_ bits: UInt32) { self.bits = bits }

    /// Parses three octal digits, with a zero in front or not.
    package init?(_ text: String) {
        let digits = text.utf8.count == 4 && text.hasPrefix("0") ? text.dropFirst() : text[...]
        guard digits.utf8.count == 3, digits.utf8.allSatisfy({ (0x30...0x37).contains($0) }),
            let bits = UInt32(digits, radix: 8)
        else { return nil }
        self.bits = bits
    }
}

extension FileMode: OptionValue {
    /// In words, with an example.
    package static var expectation: String { "a mode in octal like \"0660\"" }
    /// In words, with an example.
    package static var pluralExpectation: String { "modes in octal like \"0660\"" }

    /// Three octal digits, with a zero in front or not.
    package static var schema: OptionSchema { .pattern("^0?[0-7]{3}$") }

    /// The same digits in quotes.
    package static func hint(for value: ConfigValue) -> String? {
        guard case .number(let digits) = value.kind, let mode = FileMode(digits) else { return nil }
        return "write \(mode.rendered)"
    }

    /// Takes octal digits in a string.
    package static func decode(_ value: ConfigValue, into problems: inout Problems) -> FileMode? {
        if let text = value.text, let mode = FileMode(text) { return mode }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// As JSON.
    package var rendered: String {
        let digits = String(bits, radix: 8)
        return (String(repeating: "0", count: max(0, 4 - digits.count)) + digits).quoted
    }
}
