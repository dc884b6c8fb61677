import Sockets
import Testing

@Suite struct HMACSHA256Tests {
    // RFC 4231, 4.3 and 4.4.
    @Test(arguments: [
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        // Empty, as Python's hmac has it.
        ([], [], "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func `codes are those of the RFC`(key: [UInt8], bytes: [UInt8], code: String) {
        let digits = HMACSHA256.code(of: bytes, key: key).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        #expect(digits.joined() == code)
    }

    @Test func `secrets are equal if all of their bytes are`() {
        #expect(HMACSHA256.areEqual([1, 2], [1, 2]))
        #expect(HMACSHA256.areEqual([], []))
        #expect(!HMACSHA256.areEqual([1, 2], [1, 3]))
        #expect(!HMACSHA256.areEqual([1, 2], [1]))
        #expect(!HMACSHA256.areEqual([0], []))
    }
}
