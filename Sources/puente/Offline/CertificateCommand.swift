import MessageBus
import Sockets
import Wiring

/// The command `certificate`, which makes a certificate that its own key has signed.
struct CertificateCommand {
    private let hosts: [CertificateHost]

    /// Makes the command for the hosts that the certificate is for.
    init(_ hosts: [CertificateHost]) { self.hosts = hosts }

    /// Writes the files into the working directory, and tells the user how to use them.
    func run() async -> CommandStatus {
        await CommandStatus.reportingErrors {
            let new = try SelfSignedCertificate(for: hosts)
            try new.write(to: ".")
            let names = SelfSignedCertificate.fileNames
            let end = new.validity.end.inUTC.prefix(10)
            let all = hosts.map { "\($0)" }.joined(separator: ", ")
            Terminal.printLine(
                """
                \(names.certificate) and \(names.key) are written, for \(all), until \(end).
                Only their owner can read them. Keep the key secret.

                SHA-256 fingerprint, by which a client can recognise this server:
                \(new.fingerprint)

                In bridge.json, in the entry of a bridge that listens:
                "tls": { "certificate": "\(names.certificate)", "key": "\(names.key)" }
                """)
            return .success
        }
    }
}
