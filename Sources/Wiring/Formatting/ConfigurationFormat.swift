import MessageBus

/// The one style of bridge.json.
package struct ConfigurationFormat {
    /// Path of the file, as the user gave it.
    private let file: String
    private let original: [UInt8]
    private let formatted: [UInt8]

    /// The file in the one style, with its comments.
    package var text: String { String(decoding: formatted, as: UTF8.self) }
    /// True if the file has the style already.
    package var isInOrder: Bool { original == formatted }

    /// Reads a file and formats it, without changing it.
    ///
    /// - Throws: `ConfigurationReport` if it can't be read, or is not JSON as it is read here.
    package init(
        _ file: String, environment: Environment = .process
    ) throws(ConfigurationReport) {
        var problems = Problems()
        var original: [UInt8] = []
        do throws(FileProblem) {
            original = try environment.file(file, Configuration.maxFileBytes)
        } catch {
            problems.add(Problem("\(error)"))
        }
        guard problems.isEmpty, let formatted = Self.format(original, into: &problems) else {
            throw ConfigurationReport(file: file, problems: problems)
        }
        self.file = file
        self.original = original
        self.formatted = formatted
    }

    /// Returns a text in the one style; `nil` if it has mistakes, which are reported.
    static func format(_ bytes: [UInt8], into problems: inout Problems) -> [UInt8]? {
        guard JSONParser.parseSettings(bytes, into: &problems) != nil, problems.isEmpty else {
            return nil
        }
        return Array(SyntaxWriter.text(of: SyntaxParser.parse(bytes)).utf8)
    }

    /// Replaces the file with the formatted text, atomically.
    ///
    /// - Throws: `FileProblem`; the file is as it was then.
    package func write() throws(FileProblem) {
        try AtomicFile.replace(file, with: formatted, insteadOf: original)
    }
}
