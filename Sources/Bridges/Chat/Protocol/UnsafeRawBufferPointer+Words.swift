import MessageBus
import Sockets

// The words of a line that somebody lends for the time of a call.
extension UnsafeRawBufferPointer {
    /// The offset of the first space or tab; the number of bytes if there is none.
    @safe package var wordEnd: Int {
        var end = 0
        while let byte = byte(at: end), byte != 0x20, byte != 0x09 { end += 1 }
        return end
    }

    /// The bytes without the white space at either end; they must be valid UTF-8.
    @safe package var trimmed: UnsafeRawBufferPointer { part(TextTrimming.trimmed(self)) }
}
