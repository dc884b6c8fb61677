import Testing

@testable import WebBridge

@Suite struct SessionIDTests {
    @Test func `22 to 128 letters, digits, - and _ are a session`() {
        #expect(SessionID(String(repeating: "a", count: 22)) != nil)
        #expect(SessionID(String(repeating: "Z", count: 128)) != nil)
        #expect(SessionID("abcXYZ0189-_abcXYZ0189") != nil)
        #expect(SessionID(String(repeating: "a", count: 21)) == nil)
        #expect(SessionID(String(repeating: "a", count: 129)) == nil)
        for wrong in ["ñ", " ", "+", "/", "=", "\n", ".", "\u{0}"] {
            #expect(SessionID(String(repeating: "a", count: 30) + wrong) == nil)
        }
    }

    @Test func `the secret is in nothing that is printed`() throws {
        let secret = String(repeating: "s3cret", count: 5)
        let session = try #require(SessionID(secret))
        #expect("\(session)" == "•••")
        #expect(!session.channel.contains(secret))
        #expect(session.digest.count == 32)
        #expect(session == SessionID(secret))
        #expect(session != SessionID(secret + "x"))
    }
}
