import MessageBus

/// The object that `tls` may be.
struct VerificationOptions: PluginOptions {
    @Option("The file in PEM format with the authorities that may sign the server's certificate.")
    var ca: String?
    @Option("The SHA-256 of the server's certificate, which then need not be signed by anybody.")
    var fingerprint: String?

    init() {}

    static let synonyms = [
        "cafile": "\"ca\"", "authority": "\"ca\"", "sha256": "\"fingerprint\"",
        "pin": "\"fingerprint\"",
    ]

    func validate(_ check: inout OptionCheck) {
        if let ca { check.readFile(ca, at: $ca) }
        if let fingerprint, !Self.isFingerprint(fingerprint) {
            check.problem(
                """
                expected the 64 hexadecimal digits of a SHA-256, perhaps with colons, found \
                \($fingerprint.found(fingerprint.shortened(to: 60).quoted))
                """, at: $fingerprint)
        }
        if ca != nil, fingerprint != nil {
            check.problem("there is a \"ca\" already: one of the two is enough", at: $fingerprint)
        }
    }

    private static func isFingerprint(_ text: String) -> Bool {
        let digits = text.filter { $0 != ":" }
        return digits.utf8.count == 64 && digits.allSatisfy { $0.isASCII && $0.isHexDigit }
    }
}
