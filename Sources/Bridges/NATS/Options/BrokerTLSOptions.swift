import MessageBus

/// The option `tls`: the authorities to trust, and our own certificate.
package struct BrokerTLSOptions: PluginOptions {
    @Option("The file with the certificates of authorities, PEM.", absent: "the system's")
    package var authorities: String?
    @Option("The file with our own certificate, PEM.", absent: "none")
    package var certificate: String?
    @Option("The file with its key, PEM.", absent: "none")
    package var key: String?

    /// Makes options without files.
    package init() {}

    /// Names that other programs have for these options.
    package static let synonyms = [
        "ca": "\"authorities\"", "cafile": "\"authorities\"", "cert": "\"certificate\"",
    ]

    /// Reports a certificate without its key, or a key without its certificate.
    package func validate(_ check: inout OptionCheck) {
        if let authorities { check.readFile(authorities, at: $authorities) }
        if let certificate { check.readFile(certificate, at: $certificate) }
        if let key { check.readFile(key, at: $key) }
        if (certificate == nil) != (key == nil) {
            check.problem("a certificate and its key belong together")
        }
    }
}
