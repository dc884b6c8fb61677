import Chat
import MessageBus

/// The option `hook`: the requests that come in.
package struct HookOptions: PluginOptions {
    @Option("The path under hooks/; a secret if it is the proof.")
    package var path: Secret
    @Option("The address to listen on, in plain.", absent: "that of the web bridge")
    package var listen: Address?
    @Option("The name of a web bridge, under whose address it is served.")
    package var web: String?
    @Option("The program whose payloads are read, instead of templates.")
    package var preset: HookPreset?
    @Option("A template of the text, or a list of them with conditions.", absent: "the preset's")
    package var text: TextRules?
    @Option("A template of the speaker's name.", absent: "the preset's, or the bridge's name")
    package var from: TextTemplate?
    @Option("How a request proves where it is from.", absent: "\"standard\" with a secret")
    package var proof: HookProof.Kind?
    @Option(
        "The largest body of a request.",
        in: ByteCount.kibibytes(1)...ByteCount.mebibytes(16))
    package var maxBody = ByteCount.mebibytes(1)

    /// Makes the defaults.
    package init() {}

    /// Names that other programs have for these options.
    package static let synonyms = [
        "template": "\"text\"", "body": "\"text\"", "name": "\"from\"", "sender": "\"from\"",
        "port": "\"listen\": \"HOST:PORT\"", "address": "\"listen\": \"HOST:PORT\"",
        "bridge": "\"web\"", "auth": "\"proof\"", "type": "\"preset\"", "kind": "\"preset\"",
    ]

    /// The path of the route.
    var routePath: String { "hooks/\(path.reveal())" }

    /// Characters of a path that proves a request: 128 bits, if they are random.
    static let minSecretPath = 22
    /// The longest path.
    private static let maxPath = 200

    /// Reports a path that can't be one, an address too many or too few, and a hook without a text.
    package func validate(_ check: inout OptionCheck) {
        checkPath(&check)
        if let listen { check.address(listen, at: $listen) }
        if listen == nil, web == nil {
            check.problem(
                "expected \"listen\" with an address, or \"web\" with a bridge's name, found neither"
            )
        } else if listen != nil, web != nil {
            check.problem("expected \"listen\" or \"web\", found both", at: $web)
        }
        if preset == nil, text == nil {
            check.problem("expected a \"preset\", or a template in \"text\", found neither")
        } else if preset != nil, text != nil {
            check.problem("expected \"preset\" or \"text\", found both", at: $text)
        }
    }

    private func checkPath(_ check: inout OptionCheck) {
        let text = path.reveal()
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isGood =
            text.utf8.count <= Self.maxPath
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".."
                    && part.utf8.allSatisfy(Self.isPathByte)
            }
        if !isGood {
            check.problem(
                "expected a path like \"github\": letters, digits, - . _ ~ and / between them",
                at: $path)
        } else if let web {
            check.unique(
                "\(web) \(text)", "path", expected: "a path of its own under \(web.quoted)",
                at: $path)
        }
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
