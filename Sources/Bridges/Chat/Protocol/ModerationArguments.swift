import MessageBus
import Sockets

/// The rules by which the arguments of moderators' commands are read.
package enum ModerationArguments {
    /// An address or a block at the beginning of arguments.
    ///
    /// Valid as long as the arguments are.
    @safe package enum Block {
        /// There is none.
        case none
        /// There is one, but it is larger than one may ban.
        case tooLarge
        /// A block, and the text behind it.
        case block(AddressBlock, rest: UnsafeRawBufferPointer)
    }

    /// The time that something is to last, at the beginning of arguments.
    ///
    /// Valid as long as the arguments are.
    @safe package struct Term {
        /// Its end; `nil` where no duration begins the text: for ever.
        package let end: Timestamp?
        /// The text behind it.
        package let rest: UnsafeRawBufferPointer
    }

    /// Characters of a reason that are kept: as many as a person reads.
    private static let maxReasonLength = 200
    /// Bytes of the longest address with its prefix, and more.
    private static let maxBlockBytes = 64

    /// Reads an address or a block.
    @safe package static func block(_ arguments: UnsafeRawBufferPointer) -> Block {
        let (word, rest) = split(arguments)
        guard word.count <= maxBlockBytes else { return .none }
        let text = word.text
        if let block = AddressBlock(text) { return unsafe .block(block, rest: rest) }
        let address = text.prefix { $0 != "/" }
        return address.endIndex < text.endIndex && ClientAddress(address) != nil
            ? .tooLarge : .none
    }

    /// Reads how long something is to last; `nil` if that is nothing, longer than a hundred years,
    /// or begins with a digit and is not a duration.
    @safe package static func term(
        _ text: UnsafeRawBufferPointer, from start: Timestamp
    ) -> Term? {
        let (word, rest) = split(text)
        guard word.count <= 20, let time = Duration(option: word.text)
        else { return unsafe isMistyped(word) ? nil : Term(end: nil, rest: text) }
        guard time > .zero, time <= Duration.maxOption else { return nil }
        return unsafe Term(end: start + time, rest: rest)
    }

    /// Returns whether a word begins with a digit, of whatever script: `5`, `1h30m`, `2026-12-01`.
    ///
    /// Taken as a reason, such a word would make a ban permanent that was meant to end.
    @safe private static func isMistyped(_ word: UnsafeRawBufferPointer) -> Bool {
        word.beginning(atMost: maxReasonLength).text.first?.isNumber ?? false
    }

    /// Returns a reason as it is kept.
    @safe package static func reason(_ text: UnsafeRawBufferPointer) -> String {
        String(text.text.prefix(maxReasonLength))
    }

    @safe private static func split(
        _ text: UnsafeRawBufferPointer
    ) -> (word: UnsafeRawBufferPointer, rest: UnsafeRawBufferPointer) {
        let end = text.wordEnd
        return (text.part(..<end), text.part(end...).trimmed)
    }
}
