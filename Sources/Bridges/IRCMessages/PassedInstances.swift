/// The instances of Puente that a message has passed, as a tag of its lines tells them.
///
/// A client-only tag (IRCv3 message tags), so that servers that know nothing of it pass it on. An
/// instance accepts no message that has passed through it before, so a ring of instances ends after
/// one round. The bridge `nats` does not carry the tag.
package enum PassedInstances {
    /// The key of the tag.
    package static let tag = "+puente/passed"
    /// The capability of our server for clients that want the tag of what they read.
    package static let capability = "puente/passed"
    /// The word of `RPL_ISUPPORT` by which our server tells which instance it is.
    package static let token = "PUENTE"

    /// Names in a tag at most: the latest ones.
    private static let maxCount = 16
    /// Bytes of a name at most.
    private static let maxLength = 16

    /// Returns the names in the value of a tag, the earliest first.
    package static func names(in value: String?) -> [String] {
        guard let value else { return [] }
        return value.split(separator: ",").map(String.init).filter(isName).suffix(maxCount)
    }

    /// Returns the value of the tag for a message that an instance passes on.
    package static func value(_ passed: [String], and instance: String) -> String {
        (passed.filter(isName).suffix(maxCount - 1) + [instance]).joined(separator: ",")
    }

    /// Returns whether a word may be an instance's name: a few lower-case letters and digits.
    package static func isName(_ word: String) -> Bool {
        (1...maxLength).contains(word.utf8.count)
            && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }
}
