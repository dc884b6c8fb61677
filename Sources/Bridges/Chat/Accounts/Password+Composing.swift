import MessageBus

extension Password {
    /// The most bytes of a text that can become a password in NFC: composing shrinks 7 bytes to no
    /// less than 2, as for names.
    private static let maxUncomposedBytes = allowedCount.upperBound * 7 / 2

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
