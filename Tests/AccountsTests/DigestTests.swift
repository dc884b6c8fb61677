import Accounts
import Testing

@Suite(.timeLimit(.minutes(10))) struct DigestTests {
    @Test func `a digest is the SHA-256 of its bytes`() {
        let digest = Array("abc".utf8).withUnsafeBytes { Digest.of($0) }
        let hex = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
