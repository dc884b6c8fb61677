import COpenSSL

/// HMAC with SHA-256 (RFC 2104): proves that whoever sent some bytes knows a key.
public enum HMACSHA256 {
    /// Bytes of a code.
    public static let count = 32

    /// Returns the code of some bytes under a key.
    public static func code(of bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: count)
        // OpenSSL takes no empty array's pointer for an empty key.
        let key = key.isEmpty ? [0] : key
        let result = unsafe EVP_Q_mac(
            nil, "HMAC", nil, "SHA256", nil, key, key.count, bytes, bytes.count, &code, code.count,
            nil)
        unsafe precondition(result != nil, "HMAC with SHA-256 is always there")
        return code
    }

    /// Returns whether two secrets are equal, in a time that depends on neither.
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        // Codes have one length, whatever the secrets have; a key of its own keeps them from being
        // worked out beforehand.
        let (left, right) = (code(of: left, key: comparing), code(of: right, key: comparing))
        return unsafe CRYPTO_memcmp(left, right, count) == 0
    }

    /// The key for comparing.
    private static let comparing: [UInt8] = {
        var random = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }()
}
