import CZlib

/// The compression of what is served, in gzip's format (RFC 1952).
enum GzipEncoder {
    /// Returns bytes compressed as much as possible, which takes milliseconds for each 100 KiB;
    /// `nil` if there is no memory.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = unsafe z_stream()
        guard unsafe puente_gzip_start(&stream, 9) == Z_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        let bound = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
        var input = bytes
        var isDone = false
        let result = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            unsafe input.withUnsafeMutableBufferPointer { input in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = buffer.baseAddress
                unsafe stream.avail_out = UInt32(buffer.count)
                isDone = unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END
            }
            count = unsafe isDone ? Int(stream.total_out) : 0
        }
        return isDone ? result : nil
    }
}
