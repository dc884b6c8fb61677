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

    private static let unseen = [
        "\u{200B}", "\u{2060}", "\u{AD}", "\u{200E}", "\u{FEFF}", " \u{200B} ",
    ]

    private static func isHidden(_ text: String, behindName: Bool = true) -> Bool {
        Array(text.utf8).withUnsafeBytes { PasswordLine.isHidden(in: $0, behindName: behindName) }
    }

    @Test(arguments: ["login ana s", "REGISTER s", "password a b", "unregister s", "clave a b"])
    func `a command behind something unseen, or with another slash, is found`(command: String) {
        for front in Self.unseen {
            #expect(Self.isHidden("\(front)/\(command)", behindName: false))
            #expect(Self.isHidden("ana: \(front)/\(command)"))
            #expect(!Self.isHidden("ana: \(front)/\(command)", behindName: false))
            #expect(Self.mayBegin("\(front)/\(command)"))
        }
        for slash in ["／", "⁄", "∕", "\u{200B}／\u{200B}"] {
            #expect(Self.isHidden("\(slash)\(command)", behindName: false), "\(slash)")
        }
        #expect(Self.mayBegin("／\(command)") && Self.mayBegin("ana: ／lo"))
        for name in ["x:", "x: ", "<x> ", "<x>", "[x]", "a/b: ", "ñ:"] {
            #expect(Self.isHidden("\(name)/\(command)"))
        }
    }

    @Test func `unseen and full-width letters do not hide a verb`() {
        #expect(Self.isHidden("／ｌｏｇｉｎ ana s") && Self.isHidden("x:/lo\u{AD}gin ana s"))
        #expect(Self.isHidden("\u{200B}/login\u{A0}ana s") && Self.mayBegin("／ｌｏｇ"))
    }

    @Test(arguments: [
        "", "/login ana s", "hola", "¡hola! /login va aquí", "\u{200B}/nick x", "\u{200B}//login s",
        "http://x/login s", "ñ http://login s", "a /login s", "x: /loginx s", "／", "y／o",
    ])
    func `other texts may be said`(text: String) { #expect(!Self.isHidden(text)) }

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
