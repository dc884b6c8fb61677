import CSodium

/// The secret of a token: random, shown once.
package enum TokenSecret {
    /// Random bytes in a secret: nobody guesses 256 bits.
    private static let count = 32

    /// Returns a new secret: 43 letters, digits, `-` and `_`.
    package static func make() -> String {
        _ = sodium_init()
        var random = [UInt8](repeating: 0, count: count)
        unsafe randombytes_buf(&random, count)
        let variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING
        var text = [CChar](repeating: 0, count: sodium_base64_encoded_len(count, variant))
        unsafe sodium_bin2base64(&text, text.count, random, count, variant)
        unsafe sodium_memzero(&random, count)
        return String(characters: text)
    }
}
