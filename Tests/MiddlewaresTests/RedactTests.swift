import MessageBus
import TestSupport
import Testing

@testable import Middlewares

@Suite struct RedactTests {
    private func trial(_ what: [SecretKind] = SecretKind.allCases, with mask: String = "•••")
        throws -> Trial
    {
        var options = Redact.Options()
        options.what = what
        options.with = mask
        return Trial(try Redact(options))
    }

    // Put together here, so that nothing that searches the source for secrets finds any.
    private static let secrets: [(SecretKind, text: String, masked: String)] = [
        (.tokens, "bot 123456789:" + "AAabcdefghijklmnopqrstuvwxyz0123456", "bot •••"),
        (.tokens, "use gh" + "p_abcdefghijklmnopqrstuvwxyz0123456789.", "use •••."),
        (.tokens, "github" + "_pat_11ABCDEFG0abcdefghijkl_x", "•••"),
        (.tokens, "xox" + "b-123456789012-abcdefghij", "•••"),
        (.tokens, "(eyJ" + "hbGciOiJI.eyJzdWIiOi.SflKxwRJ-S_)", "(•••)"),
        (.tokens, "Authorization: Bearer " + "abcdefghijklmnopqrst==", "Authorization: Bearer •••"),
        (.keys, "id AKIA" + "ABCDEFGHIJKLMNOP end", "id ••• end"),
        (.keys, "AIza" + "SyA-abcdefghijklmnopqrstuvwxyz12345", "•••"),
        (.keys, "sk-" + "proj-abcdefghijklmnopqrst", "•••"),
        (.keys, "password=hunter2", "password=•••"),
        (.keys, "DB_PASSWORD: \"a b c\", x", "DB_PASSWORD: •••, x"),
        (.keys, "{\"api_key\": \"12\"}", "{\"api_key\": •••}"),
        (.keys, "la contraseña: secreta ya", "la contraseña: ••• ya"),
        (.keys, "Pwd \t: x", "Pwd \t: •••"), (.keys, "'secret' = 'a b'", "'secret' = •••"),
        (.keys, "?token=abc&user=ana", "?token=•••&user=ana"),
        (
            .keys,
            "a -----BEGIN RSA PRIVATE" + " KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY----- b",
            "a ••• b"
        ),
        (.keys, "-----BEGIN OPENSSH PRIVATE" + " KEY-----\nb3Bl", "•••"),
        (.cards, "paga con 4111 1111 1111 1111 ya", "paga con ••• ya"),
        (.cards, "ñ ４１１１ １１１１ １１１１ １１１１ ya", "ñ ••• ya"),
        (.cards, "a 4111\u{200B}1111\u{200B}1111\u{AD}1111\u{200B}.", "a •••\u{200B}."),
        (.cards, "4111\u{A0}1111\u{A0}1111\u{A0}1111", "•••"),
        (.keys, "la pass\u{200B}word：ｓｅｃｒｅｔ ya", "la pass\u{200B}word：••• ya"),
        (.emails, "a\u{200B}na＠example.org", "•••"),
        (.cards, "4111-1111-1111-1111", "•••"), (.cards, "378282246310005", "•••"),
        (.cards, "12 5555 5555 5555 4444 12", "12 ••• 12"),
        (.emails, "escribe a ana.garcia+x@correo.example.com.", "escribe a •••."),
        (.emails, "<josé@ñandú.es>", "<•••>"),
    ]

    @Test func `texts that look like secrets are masked`() throws {
        for (kind, text, masked) in Self.secrets {
            var all = try trial()
            #expect(all.judge(text) == .passed(masked))
            var one = try trial([kind])
            #expect(one.judge(text) == .passed(masked))
        }
    }

    @Test func `kinds that are not asked for are left alone`() throws {
        for (kind, text, _) in Self.secrets {
            var others = try trial(SecretKind.allCases.filter { $0 != kind })
            #expect(others.judge(text) == .passed(text))
        }
        var nothing = try trial([])
        #expect(nothing.judge("password=hunter2") == .passed("password=hunter2"))
    }

    @Test(arguments: [
        "hola, son las 12:30 :) @ana", "https://example.com/un/camino/muy/largo?x=1",
        "4111 1111 1111 1112", "1700000000000", "411111111111", "4111  1111  1111  1111",
        "41111111111111111111111111", "550e8400-e29b-41d4-a716-446655440000", "",
        "-----BEGIN PUBLIC KEY----- MIIB", "una palabra larguísima: electroencefalografista",
        "token", "= : \"=", "2026-02-28 23:59:59.123456", "a@b", "ana@localhost",
    ])
    func `ordinary text is left alone`(text: String) throws {
        var trial = try trial()
        #expect(trial.judge(text) == .passed(text))
    }

    @Test func `several secrets of several kinds are masked at once`() throws {
        var trial = try trial(with: "[x]")
        let text = "ana@example.com y bea@example.com, pwd=1 y 4111111111111111, 378282246310005"
        #expect(trial.judge(text) == .passed("[x] y [x], pwd=[x] y [x], [x]"))
    }

    @Test func `no text makes it slow enough to be given up`() throws {
        var trial = try trial()
        for piece in [
            "a", "a@", "a@a.", "eyJa.", "password", "api_key \t", "1 ", "1:", "-----BEGIN ",
        ] {
            let text = String(repeating: piece, count: 20_000 / piece.utf8.count) + "\n"
            _ = trial.judge(text)
            #expect(trial.failures.isEmpty, "\(piece): \(trial.failures)")
        }
    }

    @Test func `a sign is seen wherever it stands`() {
        for length in 16...60 {
            for place in 0...length - 16 {
                var text = [UInt8](repeating: 0x20, count: length)
                for index in place..<place + 16 { text[index] = UInt8(ascii: "x") }
                #expect(text.withUnsafeBytes { SecretSigns(of: $0) } == .longWord)
                text[place + 7] = 0x20
                #expect(text.withUnsafeBytes { SecretSigns(of: $0) }.isEmpty)
            }
        }
    }
}
