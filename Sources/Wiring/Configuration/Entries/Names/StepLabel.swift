import MessageBus

/// A name of a step in metrics: 1–64 letters, digits, `_`, `-` and `.`.
struct StepLabel: OptionValue {
    static var expectation: String { "a label of 1–64 letters, digits, _, - and ." }

    let text: String

    static func decode(_ value: ConfigValue, into problems: inout Problems) -> StepLabel? {
        guard let text = value.text, (1...64).contains(text.utf8.count),
            text.utf8.allSatisfy(isLabelByte)
        else {
            problems.expected(Self.self, found: value)
            return nil
        }
        return StepLabel(text: text)
    }

    var rendered: String { text.quoted }

    private static func isLabelByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
