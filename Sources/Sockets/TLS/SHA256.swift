import COpenSSL

/// SHA-256: sessions and tokens are known by it, and never stored as they are; files are told apart
/// by it.
package enum SHA256 {
    /// Bytes of a digest.
    package static let count = 32

    /// Returns the digest of some bytes.
    package static func digest(of bytes: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        var digest = [UInt8](repeating: 0, count: count)
        let result = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
        precondition(result == 1, "SHA-256 is always there")
        return digest
    }
}
