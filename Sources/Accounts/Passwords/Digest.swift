import CSodium

/// A SHA-256 of something secret.
package enum Digest {
    /// Bytes of a digest.
    package static let count = 32

    /// Returns the SHA-256 of some bytes.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: count)
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe crypto_hash_sha256(&digest, start, UInt64(bytes.count))
        return digest
    }
}
