import MessageBus
import Testing

@testable import Accounts

@Suite(.timeLimit(.minutes(10))) struct PasswordHashingTests {
    @Test func `Argon2id of at least 19 MiB and two passes tells a password from others`() throws {
        let hashing = PasswordHashing.argon2id
        let hash = try #require(hashing.hash(.make("contraseña-ñandú")))
        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(hashing.isHash(hash, .make("contraseña-ñandú")))
        #expect(!hashing.isHash(hash, .make("contraseña-ñandu")))
        #expect(!hashing.isHash("", .make("contraseña-ñandú")))
        #expect(!hashing.isHash("no hash", .make("contraseña-ñandú")))
        #expect(!hashing.isWeak(hash))
        #expect(PasswordHashing.argon2id(passes: 3, memory: 19 << 20).isWeak(hash))
        #expect(PasswordHashing.argon2id(passes: 2, memory: 32 << 20).isWeak(hash))
    }

    @Test func `two hashes of a password differ`() {
        let quick = PasswordHashing.argon2id(passes: 1, memory: 8_192)
        #expect(quick.hash(.make("password")) != quick.hash(.make("password")))
    }

    @Test func `the secrets of tokens are long, and never the same`() {
        let secrets = (0..<100).map { _ in TokenSecret.make() }
        #expect(Set(secrets).count == 100)
        #expect(
            secrets.allSatisfy { secret in
                secret.utf8.count == 43
                    && secret.allSatisfy {
                        $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0))
                    }
            })
    }
}
