import CSodium
import MessageBus

/// A way to hash passwords and to compare them with their hashes.
///
/// Safe from any thread. Each function may take tens of milliseconds and 19 MiB.
package struct PasswordHashing: Sendable {
    /// Returns the hash of a password with a salt of its own; `nil` if there is no memory.
    package let hash: @Sendable (Password) -> String?
    /// Returns true if a hash was made from a password.
    package let isHash: @Sendable (String, Password) -> Bool
    /// Returns true if a hash is weaker than those made today.
    package let isWeak: @Sendable (String) -> Bool

    /// Makes a way to hash from three functions.
    package init(
        hash: @escaping @Sendable (Password) -> String?,
        isHash: @escaping @Sendable (String, Password) -> Bool,
        isWeak: @escaping @Sendable (String) -> Bool
    ) {
        self.hash = hash
        self.isHash = isHash
        self.isWeak = isWeak
    }

    /// The number of passes over the memory: OWASP's minimum for 19 MiB.
    private static let passes: UInt64 = 2
    /// Bytes of memory: OWASP's minimum for two passes (RFC 9106 asks for more, but each login on a
    /// small machine would cost as much).
    private static let memory = 19 << 20

    /// Argon2id, as libsodium does it and writes it: `$argon2id$v=19$m=19456,t=2,p=1$…`.
    package static let argon2id = argon2id(passes: passes, memory: memory)

    /// Returns Argon2id with the given parameters.
    static func argon2id(passes: UInt64, memory: Int) -> PasswordHashing {
        // Chooses the fastest code for this machine; may be called any number of times.
        _ = sodium_init()
        return PasswordHashing(
            hash: { password in
                var text = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
                let result = unsafe password.withCharacters { characters, count in
                    unsafe crypto_pwhash_str(&text, characters, count, passes, memory)
                }
                return result == 0 ? String(characters: text) : nil
            },
            isHash: { hash, password in
                let result = unsafe password.withCharacters { characters, count in
                    unsafe crypto_pwhash_str_verify(hash, characters, count)
                }
                return result == 0
            },
            isWeak: { hash in unsafe crypto_pwhash_str_needs_rehash(hash, passes, memory) != 0 })
    }
}

extension Password {
    /// Calls a function with the characters, as libsodium takes them.
    fileprivate func withCharacters(_ body: (UnsafePointer<CChar>, UInt64) -> Int32) -> Int32 {
        unsafe withBytes { bytes in
            // A password is never empty, so there is an address.
            guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else {
                return -1
            }
            return unsafe body(start, UInt64(bytes.count))
        }
    }
}

extension String {
    /// Makes a string from C characters, up to the first NUL.
    init(characters: [CChar]) {
        self.init(
            decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
