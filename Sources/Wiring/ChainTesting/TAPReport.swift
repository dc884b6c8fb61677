import MessageBus

/// The output of `puente test`: version 14 of the Test Anything Protocol
/// (testanything.org/tap-version-14-specification.html).
package struct TAPReport {
    /// The configuration whose chains are tested.
    private let configuration: String
    private var count = 0

    /// Makes a report on the chains of a file.
    package init(_ configuration: String) { self.configuration = configuration }

    /// Returns the lines before all results.
    package func beginning(count: Int) -> String {
        "TAP version 14\n1..\(count)\(count == 0 ? " # SKIP there are no tests" : "")"
    }

    /// Returns the lines of the next result.
    ///
    /// - Parameter file: the file that the test is in.
    package mutating func lines(_ result: ChainTestResult, in file: String) -> String {
        count += 1
        let verdict = result.isSuccess ? "ok" : "not ok"
        let line = "\(verdict) \(count) - \(Self.escaped(result.name))"
        guard !result.isSuccess else { return line }
        return "\(line)\n\(diagnostics(result, file))"
    }

    /// Returns the block after a failure: YAML in which every value is a JSON string.
    private func diagnostics(_ result: ChainTestResult, _ file: String) -> String {
        var lines = ["---", "failures:"]
        for mismatch in result.mismatches {
            lines += [
                "  - say: \(mismatch.index + 1)",
                "    at: \(place(mismatch.location, file).quoted)",
                "    expected: \(mismatch.expected.asYAML)",
                "    found: \(mismatch.found.asYAML)",
            ]
            if let failure = mismatch.failure { lines.append("    error: \(failure.quoted)") }
            if let step = mismatch.step {
                let place = mismatch.stepLocation.map { self.place($0, configuration) + ": " } ?? ""
                lines.append("    step: \("\(place)\(step)".quoted)")
            }
        }
        lines.append("...")
        return lines.map { "  \($0)" }.joined(separator: "\n")
    }

    private func place(_ location: ConfigLocation, _ file: String) -> String {
        "\(file.onOneLine):\(location.position.line):\(location.position.column)"
    }

    /// Returns a name without anything that TAP takes for a directive.
    private static func escaped(_ name: String) -> String {
        name.onOneLine.replacing("\\", with: "\\\\").replacing("#", with: "\\#")
    }
}

extension String {
    /// A JSON text, which is YAML too, as a flow value that every reader of YAML takes: with a
    /// space behind each colon and comma outside of strings.
    fileprivate var asYAML: String {
        var result = ""
        var isInString = false
        var isEscaped = false
        for character in self {
            result.append(character)
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isInString.toggle()
            } else if !isInString, character == ":" || character == "," {
                result.append(" ")
            }
        }
        return result
    }
}
