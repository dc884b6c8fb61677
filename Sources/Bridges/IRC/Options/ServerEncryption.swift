import MessageBus

/// The option `tls` of a bridge that connects: on, off, or how the server is verified.
package enum ServerEncryption: OptionValue, Equatable {
    /// No encryption.
    case off
    /// By TLS.
    case on(Verification)

    /// The means by which the server is verified.
    package enum Verification: Sendable, Equatable {
        /// An authority that this machine trusts.
        case system
        /// An authority of a file.
        case authorities(path: String)
        /// The SHA-256 of its certificate.
        case fingerprint(String)
    }

    /// The verification; `nil` for a connection in plain.
    var verification: Verification? {
        if case .on(let verification) = self { verification } else { nil }
    }

    /// In words.
    package static var expectation: String {
        "true, false, {\"ca\": \"FILE\"} or {\"fingerprint\": \"SHA256\"}"
    }

    /// True, false, or an object.
    package static var schema: OptionSchema { .either([.bool, VerificationOptions.schema]) }

    /// The options inside.
    package static var nestedOptions: [OptionDescription] { VerificationOptions.options }

    /// Decodes a Boolean or an object.
    package static func decode(
        _ value: ConfigValue, into problems: inout Problems
    ) -> ServerEncryption? {
        switch value.kind {
        case .bool(let isOn): return isOn ? .on(.system) : .off
        case .object:
            guard let options = VerificationOptions.decode(value, into: &problems) else {
                return nil
            }
            if let path = options.ca { return .on(.authorities(path: path)) }
            return .on(options.fingerprint.map { .fingerprint($0) } ?? .system)
        default:
            problems.expected(Self.self, found: value)
            return nil
        }
    }

    /// As JSON.
    package var rendered: String {
        switch self {
        case .off: "false"
        case .on(.system): "true"
        case .on(.authorities(let path)): "{\"ca\":\(path.quoted)}"
        case .on(.fingerprint(let digits)): "{\"fingerprint\":\(digits.quoted)}"
        }
    }
}
