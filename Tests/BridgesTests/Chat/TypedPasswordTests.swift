import Chat
import MessageBus
import Testing

@Suite(.timeLimit(.minutes(10))) struct TypedPasswordTests {
    private func password(_ text: String) -> [UInt8]? {
        Array(text.utf8).withUnsafeBytes { Password(typed: $0) }?.withBytes { Array($0) }
    }

    @Test func `a password is the same in every normal form`() throws {
        let composed = try #require(password("contrase\u{F1}a"))
        #expect(password("contrasen\u{303}a") == composed)
        #expect(composed == Array("contrase\u{F1}a".utf8))
    }

    @Test func `its length counts after composing`() {
        #expect(password("1234567") == nil)
        #expect(password("12345678") == Array("12345678".utf8))
        // Nine bytes that compose to six.
        #expect(password("e\u{301}e\u{301}e\u{301}") == nil)
        // 300 bytes that compose to 200.
        #expect(password(String(repeating: "e\u{301}", count: 100))?.count == 200)
        #expect(password(String(repeating: "e\u{301}", count: 129)) == nil)
        #expect(password(String(repeating: "x", count: 2_000)) == nil)
        // No character shrinks more: 896 bytes that compose to 256.
        let long = String(repeating: "\u{1FBE}\u{308}\u{301}", count: 128)
        #expect(long.utf8.count == 896 && password(long)?.count == 256)
    }
}
