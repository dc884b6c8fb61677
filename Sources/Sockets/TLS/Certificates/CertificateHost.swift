/// A host that a certificate is for: a name of DNS, or an IP address.
public enum CertificateHost: Sendable, Equatable, CustomStringConvertible {
    /// A name, in lower case; `*.` in front stands for any one label.
    case name(String)
    /// An IP address.
    case address(String)

    /// Parses a host; `nil` if it can be none.
    ///
    /// Names with other letters must be given in ASCII (`xn--…`).
    public init?(_ text: String) {
        if SocketAddress.ipBytes(text) != nil {
            self = .address(text)
            return
        }
        let name = text.lowercased()
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.indices.allSatisfy({ Self.isLabel(labels, $0) }),
            // A name that ends in a number is a mistyped address.
            let last = labels.last, !last.allSatisfy(\.isNumber)
        else { return nil }
        self = .name(name)
    }

    private static func isLabel(_ labels: [Substring], _ index: Int) -> Bool {
        let label = labels[index]
        if label == "*" { return index == 0 && labels.count > 2 }
        return (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x61...0x7A, 0x2D, 0x5F: true
                default: false
                }
            }
    }

    /// The name or the address.
    public var description: String {
        switch self {
        case .name(let text), .address(let text): text
        }
    }

    /// The host as OpenSSL takes it in a list of names.
    var alternativeName: String {
        switch self {
        case .name(let text): "DNS:\(text)"
        case .address(let text): "IP:\(text)"
        }
    }
}
