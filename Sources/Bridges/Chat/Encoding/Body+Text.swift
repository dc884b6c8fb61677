import MessageBus

extension Body {
    /// Returns the text, cut between two characters if it is longer than so many bytes.
    package func text(atMost count: Int) -> (text: String, isCut: Bool) {
        unsafe withBytes { bytes in
            guard bytes.count > count else {
                return unsafe (String(decoding: bytes, as: UTF8.self), false)
            }
            var end = count
            // Not inside a character: the bytes of one that follow its first are 10xxxxxx.
            while end > 0, unsafe bytes[end] & 0xC0 == 0x80 { end -= 1 }
            return unsafe (String(decoding: bytes[..<end], as: UTF8.self), true)
        }
    }
}
