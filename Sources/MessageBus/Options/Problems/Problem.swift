/// Something wrong with the configuration, in one sentence; or a warning about something that may
/// be.
public struct Problem: Sendable, Hashable {
    /// The line it is in, from 1; nil where the whole file is meant, as when there is none.
    public var line: Int? { position?.line }
    /// The column it begins at, in characters from 1.
    public var column: Int? { position?.column }
    /// The path of the value that it is about, such as `middleware[1].messages`; empty for the
    /// whole file.
    public let path: String
    /// The expected value and the one found; one line, without a full stop, never with a secret.
    public let sentence: String
    /// True if it may be intended: a warning keeps nothing from starting.
    public let isWarning: Bool

    package let position: TextPosition?

    /// Makes a problem, or a warning, of a place and a sentence.
    public init(_ sentence: String, at location: ConfigLocation, isWarning: Bool = false) {
        self.init(sentence, path: location.path, position: location.position, isWarning: isWarning)
    }

    /// Makes a problem of the whole file.
    public init(_ sentence: String) {
        self.init(sentence, path: "", position: nil, isWarning: false)
    }

    private init(_ sentence: String, path: String, position: TextPosition?, isWarning: Bool) {
        self.sentence = sentence.onOneLine
        self.path = path
        self.position = position
        self.isWarning = isWarning
    }

    /// Returns the line of a report: `bridge.json:9:36: middleware[1].messages: expected …`.
    public func rendered(in file: String) -> String {
        let location = position.map { ":\($0.line):\($0.column)" } ?? ""
        return "\(file)\(location): " + (isWarning ? "warning: " : "")
            + (path.isEmpty ? "" : "\(path): ") + sentence
    }
}
