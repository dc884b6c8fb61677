import MessageBus

/// A glob for senders as they are shown: `Ana`, `Ana (telegram)`, `*(telegram)`.
struct SenderPattern {
    /// The glob without the part in parentheses.
    private let name: Substring
    /// The part in parentheses at its end: by default the name of a bridge.
    let bridge: String?

    init(_ pattern: String) {
        guard pattern.hasSuffix(")"), let opening = pattern.lastIndex(of: "(") else {
            name = pattern[...]
            bridge = nil
            return
        }
        name = pattern[..<opening]
        bridge = String(pattern[pattern.index(after: opening)...].dropLast())
    }

    /// The reason that no name can match, as far as characters tell; `nil` if one can.
    var reasonForNobody: String? {
        for scalar in name.unicodeScalars {
            if ":[]→↩".unicodeScalars.contains(scalar) {
                return "names hold no \"\(scalar)\""
            }
            if scalar != " ", scalar.isUnseen || scalar.properties.isWhitespace {
                return "names hold no \(scalar.inWords)"
            }
        }
        if let sign = name.first, "/#@".contains(sign) {
            return "names don't begin with \"\(sign)\""
        }
        if name.first == " " || (bridge == nil && name.last == " ") || name.contains("  ") {
            return "names have single spaces, and none at their ends"
        }
        return nil
    }
}
