import Testing

@testable import Chat
@testable import TelegramBridge

@Suite struct MentionBreakerTests {
    @Test(arguments: [
        ("hola @eva", "hola @·eva"), ("@eva", "@·eva"), ("(@eva)", "(@·eva)"),
        ("@eva @ana_9", "@·eva @·ana_9"), ("¡@eva!", "¡@·eva!"), ("@\u{333}eva", "@·\u{333}eva"),
        // No mentions.
        ("ana@eva.es", "ana@eva.es"), ("a @ b", "a @ b"), ("@", "@"), ("@!", "@!"),
        // Commands.
        ("/start", "/·start"), ("haz /ban@bot ya", "haz /·ban@bot ya"), ("(/x)", "(/·x)"),
        ("/ban@bot", "/·ban@bot"), ("/cmd\n/cmd", "/·cmd\n/·cmd"),
        // No commands.
        ("/var/log/x", "/var/log/x"), ("y/o", "y/o"), ("1/2", "1/2"), ("// eso", "// eso"),
        ("https://a.es/b @eva", "https://a.es/b @·eva"), ("</b>", "</b>"), ("/", "/"),
    ])
    func `whom a text names is not called, and nothing else changes`(text: String, broken: String) {
        let scalars = MentionBreaker.broken(text).unicodeScalars.map { scalar in
            scalar == MentionBreaker.joiner ? "·" : scalar
        }
        #expect(scalars == Array(broken.unicodeScalars))
        #expect(MentionBreaker.mended(MentionBreaker.broken(text)) == text)
    }
}
