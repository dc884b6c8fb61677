import MessageBus

/// The limit on the texts that clients of the bridge may say: that of `validate`, or the bridge's
/// own where no `validate` applies to everybody.
///
/// Safe from any thread.
package struct TextLimit: Sendable {
    /// Characters of a text at most, as a person counts them.
    package let characters: Int
    /// True if the bridge checks texts itself, because no step of a chain does.
    private let isOwn: Bool

    /// The characters allowed where no step sets a limit: the default of `validate`.
    private static let usual = 4_000

    /// Makes the limit of a bridge.
    package init(of attachment: BridgeAttachment, on bus: isolated Bus) {
        let judged = bus.maxTextLength(by: attachment)
        (characters, isOwn) = (judged ?? Self.usual, judged == nil)
    }

    /// Returns whether a text is too long once it is cleaned of what nobody would see.
    package func isExceeded(by text: String) -> Bool {
        // A text has at least as many bytes as characters.
        guard isOwn, text.utf8.count > characters else { return false }
        var text = text
        let cleaned = text.withUTF8 {
            TextCleaning.cleaned(
                repairing: UnsafeRawBufferPointer($0), lineEndings: .kept)
        }
        return unsafe cleaned.withUnsafeBytes { TextCounting.exceeds($0, characters: characters) }
    }
}
