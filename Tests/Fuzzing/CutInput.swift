/// The bytes of an input, and the pieces in which they come: `2#5ana: hola`.
///
/// The first byte says how many cuts there are (its last three bits: `0` to `7` as text) and what
/// happens at each: nothing (`0`), a silence (`@`, `A` to `G`) or a long one (`` ` ``, `a` to `g`).
/// A byte for each cut follows, the length of the piece in front of it, and then the bytes
/// themselves.
struct CutInput {
    /// The event at a cut.
    enum Pause {
        case none
        case silence
        case longSilence
    }

    /// All bytes.
    let bytes: [UInt8]
    /// The same bytes in pieces, none of them empty.
    let pieces: [[UInt8]]
    /// The event between two pieces.
    let pause: Pause

    /// Reads an input; every one is valid.
    init(_ input: [UInt8]) {
        let first = input.first ?? 0
        let count = Int(first & 0x07)
        pause = first & 0x40 == 0 ? .none : first & 0x20 == 0 ? .silence : .longSilence
        bytes = Array(input.dropFirst(1 + count))
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        for length in input.dropFirst().prefix(count) where length > 0 {
            pieces.append(Array(rest.prefix(Int(length))))
            rest = rest.dropFirst(Int(length))
        }
        self.pieces = (pieces + [Array(rest)]).filter { !$0.isEmpty }
    }
}
