import MessageBus
import Sockets

/// The option `tls` of a listening bridge: the files of its certificate.
package struct TLSOptions: PluginOptions {
    /// The path of the certificate.
    @Option(
        "The file with the certificate in PEM format, and those between it and the authority.")
    package var certificate: String
    /// The path of the key.
    @Option("The file with its key in PEM format, without a password.")
    package var key: String

    /// Names that other programs have for these options.
    package static let synonyms = [
        "cert": "\"certificate\"", "certfile": "\"certificate\"", "chain": "\"certificate\"",
        "fullchain": "\"certificate\"", "certificatefile": "\"certificate\"",
        "keyfile": "\"key\"", "privatekey": "\"key\"", "privkey": "\"key\"",
    ]

    /// Makes options without files.
    package init() {}

    /// Reports texts that can't be paths of files.
    package func validate(_ check: inout OptionCheck) {
        check.readFile(certificate, at: $certificate)
        check.readFile(key, at: $key)
    }

    /// Returns the files, whose paths are relative to bridge.json.
    package func files(
        _ directory: (String) -> String, for protocol: ApplicationProtocol = .puente
    ) -> CertificateFiles {
        CertificateFiles(
            certificate: CertificateFiles.File(directory(certificate), called: certificate),
            key: CertificateFiles.File(directory(key), called: key), for: `protocol`)
    }
}
