import Chat

/// The formats of compressed files, recognised by their first bytes.
enum CompressionFormat {
    private static let beginnings: [[UInt8]] = [
        [0x1F, 0x8B],  // gzip
        [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00],  // xz
        [0x28, 0xB5, 0x2F, 0xFD],  // zstd
        [0x42, 0x5A, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59],  // bzip2
    ]

    /// Returns true if these are the first bytes of a compressed file.
    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        beginnings.contains { unsafe bytes.starts(with: $0) }
    }
}
