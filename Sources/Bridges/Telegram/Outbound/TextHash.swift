import Chat

/// A hash of a text, 64 bits (FNV-1a), the same in every process, unlike `Hasher`'s.
///
/// Somebody who makes two texts that share one only hides an edit of their own.
struct TextHash: Hashable, Sendable {
    let bits: UInt64

    init(bits: UInt64) { self.bits = bits }

    init(of text: String) {
        bits = text.utf8.reduce(0xcbf2_9ce4_8422_2325) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
    }
}
