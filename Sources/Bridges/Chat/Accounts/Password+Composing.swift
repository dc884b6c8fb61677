import MessageBus

extension Password {
    /// The most bytes of a text that can become a password in NFC: composing shrinks a text to no
    /// less than a third.
    private static let maxUncomposedBytes = 3 * allowedCount.upperBound

    /// Makes a password from a text that somebody typed, in any normal form; `nil` if it can't be
    /// one.
    ///
    /// The bytes are not erased: their owner does that. ASCII is copied nowhere else; what is not
    /// ASCII passes through a `String`, whose memory is not erased.
    @safe package convenience init?(typed text: UnsafeRawBufferPointer) {
        guard text.count <= Self.maxUncomposedBytes else { return nil }
        if unsafe text.allSatisfy({ $0 < 0x80 }) {
            self.init(composed: text)
        } else {
            guard let decoded = unsafe String(validating: text, as: UTF8.self) else { return nil }
            var composed = NameFolding.composed(decoded)
            let password = composed.withUTF8 { Password(composed: UnsafeRawBufferPointer($0)) }
            guard let password else { return nil }
            self.init(password)
        }
    }
}
