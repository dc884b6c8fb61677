import MessageBus

/// The limit on the texts that clients of the bridge may say: the one of `validate`, or the bridge's
/// own where no `validate` is for everybody.
///
/// Safe from any thread.
package struct TextLimit: Sendable {
    /// Characters of a text at most, as a person counts them.
    package let characters: Int
    /// True if no step of the chains sees to it.
    private let isOwn: Bool

    /// Characters where no step says: the default of `validate`.
    private static let usual = 4_000

    /// Makes the limit of a bridge.
    package init(of attachment: BridgeAttachment, on bus: isolated Bus) {
        let judged = bus.maxTextLength(by: attachment)
        (characters, isOwn) = (judged ?? Self.usual, judged == nil)
    }

    /// Returns whether a text is too long, once what nobody would see is taken out of it.
    package func isExceeded(by text: String) -> Bool {
        // As many bytes as characters at least.
        guard isOwn, text.utf8.count > characters else { return false }
        var text = text
        let cleaned = text.withUTF8 {
            TextCleaning.cleaned(
                repairing: UnsafeRawBufferPointer($0), lineEndings: .kept)
        }
        return unsafe cleaned.withUnsafeBytes { TextCounting.exceeds($0, characters: characters) }
    }
}
