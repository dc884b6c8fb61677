import MessageBus

/// The rules by which the arguments of moderators' commands are read.
package enum ModerationArguments {
    /// An address or a block at the beginning of arguments.
    package enum Block {
        /// There is none.
        case none
        /// There is one, but it is larger than one may ban.
        case tooLarge
        /// A block, and the text behind it.
        case block(AddressBlock, rest: UnsafeRawBufferPointer)
    }

    /// Characters of a reason that are kept: as many as a person reads.
    private static let maxReasonLength = 200
    /// Bytes of the longest address with its prefix, and more.
    private static let maxBlockBytes = 64

    /// Reads an address or a block.
    @safe package static func block(_ arguments: UnsafeRawBufferPointer) -> Block {
        let (word, rest) = split(arguments)
        guard word.count <= maxBlockBytes else { return .none }
        let text = String(decoding: word, as: UTF8.self)
        if let block = AddressBlock(text) { return .block(block, rest: rest) }
        let address = text.prefix { $0 != "/" }
        return address.endIndex < text.endIndex && ClientAddress(address) != nil
            ? .tooLarge : .none
    }

    /// Reads how long something is to last; `nil` if that is nothing, longer than a hundred years, or
    /// begins with a digit and is no duration.
    ///
    /// The end is `nil` where no duration begins the text: for ever.
    package static func term(
        _ text: UnsafeRawBufferPointer, from start: Timestamp
    ) -> (end: Timestamp?, rest: UnsafeRawBufferPointer)? {
        let (word, rest) = split(text)
        guard word.count <= 20, let time = Duration(option: String(decoding: word, as: UTF8.self))
        else { return isMistyped(word) ? nil : (nil, text) }
        guard time > .zero, time <= Duration.maxOption else { return nil }
        let end = start.milliseconds + Int64(time / .milliseconds(1))
        return (Timestamp(milliseconds: end), rest)
    }

    /// Returns whether a word begins with a digit, of whatever script: `5`, `1h30m`, `2026-12-01`.
    ///
    /// As a reason it would make a ban last for ever that was meant to end.
    private static func isMistyped(_ word: UnsafeRawBufferPointer) -> Bool {
        String(decoding: word.prefix(maxReasonLength), as: UTF8.self).first?.isNumber ?? false
    }

    /// Returns a reason as it is kept.
    @safe package static func reason(_ text: UnsafeRawBufferPointer) -> String {
        String(String(decoding: text, as: UTF8.self).prefix(maxReasonLength))
    }

    private static func split(
        _ text: UnsafeRawBufferPointer
    ) -> (word: UnsafeRawBufferPointer, rest: UnsafeRawBufferPointer) {
        let word = text.prefix { $0 != 0x20 && $0 != 0x09 }
        let rest = UnsafeRawBufferPointer(rebasing: text[word.endIndex...])
        return (
            UnsafeRawBufferPointer(rebasing: word),
            UnsafeRawBufferPointer(rebasing: rest[TextTrimming.trimmed(rest)])
        )
    }
}
