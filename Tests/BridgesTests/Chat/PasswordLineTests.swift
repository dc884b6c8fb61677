import MessageBus
import TestSupport
import Testing

@testable import Chat

@Suite struct PasswordLineTests {
    private static func mayBegin(_ text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { PasswordLine.mayBegin($0) }
    }

    private static func isMeant(by text: String) -> Bool {
        Array(text.utf8).withUnsafeBytes { PasswordLine.isMeant(by: $0) }
    }

    @Test(arguments: [
        "/login ana secreto1", "/LOGIN ana s", "/register secreto1", "/password a b",
        "/unregister x", "/login", " \t/login ana", "ana: /login ana s", "ana:/login ana s",
        "<ana> /login ana s", "[ana]/register s", "ana se ha unido al chat./login ana s",
        "\u{A0}/login ana s", "\u{FEFF}/login ana s", "/clave a b", "/contraseña a b",
        "/\0l\0o\0g\0i\0n\0 \0a\0", "/lo\u{1B}gin ana s", "/login\0", "/re\u{202E}gister s",
        "ana:\u{7F}/l",
        "Ana María : /Register s", "/", "/l", "/logi", "/r", "/reg", "ana: /", "ana: /u", "/PASS",
    ])
    func `the beginning of a line with a password is known`(text: String) {
        #expect(Self.mayBegin(text))
    }

    @Test(arguments: [
        "", "hola", "ana: hola", "/rooms", "/loginx a", "/log in", "//login ana s", "/me /x",
        "a/login b", "http://login", "/msg ana hola", "ana: /registers",
    ])
    func `other lines don't wait`(text: String) { #expect(!Self.mayBegin(text)) }

    @Test func `a whole line is told from its beginning`() {
        #expect(
            ["/login", "/login a b", "  /Register x", "/UNREGISTER x"].allSatisfy(Self.isMeant))
        #expect(
            !["/", "/log", "login a b", "//login a b", "ana: /login a b", "/nick x"]
                .contains(where: Self.isMeant))
    }

    @Test func `every verb that carries a password is known in each of its beginnings`() {
        for verb in ChatCommand.passwordVerbs {
            for count in 0...verb.count {
                #expect(Self.mayBegin("/" + verb.prefix(count)), "\(verb)")
            }
            #expect(Self.isMeant(by: "/\(verb) x"))
        }
    }
}
