import MessageBus

extension Body {
    /// Returns the text, cut between two Unicode scalars if it is longer than a number of bytes.
    package func text(atMost count: Int) -> (text: String, isCut: Bool) {
        unsafe withBytes { bytes in
            guard bytes.count > count else {
                return unsafe (String(decoding: bytes, as: UTF8.self), false)
            }
            var end = count
            // Not inside a character: all of its bytes but the first are 10xxxxxx.
            while end > 0, unsafe bytes[end] & 0xC0 == 0x80 { end -= 1 }
            return unsafe (String(decoding: bytes[..<end], as: UTF8.self), true)
        }
    }
}
