import MessageBus
import Testing

@Suite(.timeLimit(.minutes(10))) struct PasswordTests {
    private func password(_ text: String) -> Password? {
        Array(text.utf8).withUnsafeBytes { Password(composed: $0) }
    }

    @Test func `a password has 8 to 256 bytes`() {
        #expect(password("1234567") == nil)
        #expect(password("12345678") != nil)
        #expect(password(String(repeating: "x", count: 256)) != nil)
        #expect(password(String(repeating: "x", count: 257)) == nil)
        #expect(password("ñandú1") != nil)
        #expect(password("🐈🐈") != nil)
    }

    @Test(arguments: [
        "two words", "tab\there!", "null\u{0}byte", "\u{7F}delete!", "no\u{A0}break",
        "ideo\u{3000}graphic",
        "zero\u{200B}width", "join\u{200D}er!", "bidi\u{202E}!!!", "line\u{2028}!!",
        "private\u{E000}",
        "soft\u{AD}hyphen", "unassigned\u{378}",
    ])
    func `a password has no spaces, controls or characters that nobody sees`(text: String) {
        #expect(password(text) == nil)
    }

    @Test func `bytes that are no UTF-8 are no password`() {
        let bytes: [UInt8] = Array("password".utf8) + [0xFF]
        #expect(bytes.withUnsafeBytes { Password(composed: $0) } == nil)
    }

    @Test func `a password is never printed`() throws {
        let secret = try #require(password("correct-horse"))
        var dumped = ""
        dump(secret, to: &dumped)
        let attempt = LoginAttempt(key: "ana", password: secret, address: .local, connection: 1)
        for text in [
            "\(secret)", String(reflecting: secret), dumped, "\(attempt)",
            String(reflecting: attempt), String(describing: Optional(secret)),
        ] { #expect(!text.contains("correct"), "\(text)") }
        #expect("\(secret)" == "•••")
        #expect(secret.withBytes { Array($0) } == Array("correct-horse".utf8))
    }
}
