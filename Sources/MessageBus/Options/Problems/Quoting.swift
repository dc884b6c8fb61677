extension String {
    /// The text as a JSON string on one line; everything that could upset a terminal is escaped.
    public var quoted: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case let scalar where scalar.isUnseen: result += scalar.escaped
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The text without anything that could upset a terminal or begin a line of its own.
    package var onOneLine: String {
        guard unicodeScalars.contains(where: \.isUnseen) else { return self }
        return String(quoted.dropFirst().dropLast())
    }

    /// Returns at most so many characters of the text, with `…` where some are left out.
    public func shortened(to limit: Int) -> String {
        count > limit ? prefix(limit - 1) + "…" : self
    }
}

extension Unicode.Scalar {
    /// True if the scalar controls a terminal or is invisible.
    package var isUnseen: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
        default: false
        }
    }

    /// The scalar as JSON escapes it, as a surrogate pair outside the first plane.
    fileprivate var escaped: String {
        String(Character(self)).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }.joined()
    }
}
