/// The choice of a nick: the wanted one, then the alternatives, then the wanted one followed by
/// `_`.
struct NickChoice: Sendable, Equatable {
    /// The nick that is wanted.
    let wanted: String
    private let alternatives: [String]
    private var tried = 0

    /// The most nicks that are tried in one attempt to register.
    private static let maxTries = 12

    /// Makes a choice of which no nick has been tried.
    init(_ wanted: String, alternatives: [String]) {
        self.wanted = wanted
        self.alternatives = alternatives
    }

    /// Returns the next nick to try; `nil` once there are none left.
    ///
    /// - Parameter length: the longest nick of the server, if it is known.
    mutating func next(atMost length: Int? = nil) -> String? {
        guard tried < Self.maxTries + alternatives.count else { return nil }
        defer { tried += 1 }
        if tried == 0 { return wanted }
        if tried <= alternatives.count { return alternatives[tried - 1] }
        let number = tried - alternatives.count
        // The usual length where none is told (RFC 2812 section 1.2.1): a cut nick would be the
        // same.
        let ending = number <= 3 ? String(repeating: "_", count: number) : "_\(number)"
        return wanted.prefix(max(1, (length ?? max(wanted.count, 9)) - ending.count)) + ending
    }
}
