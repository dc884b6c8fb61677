import Foundation
import MessageBus

/// The secrets by which requests are signed and proved: the first one signs, any one proves.
package struct SecretList: Sendable {
    let secrets: [Secret]

    /// Makes a list.
    init(_ secrets: [Secret]) { self.secrets = secrets }

    /// The beginning of a secret of Standard Webhooks.
    static let prefix = "whsec_"
    /// Bytes of such a secret.
    static let sizes = 24...64

    /// Returns the key in a secret of Standard Webhooks; `nil` if it is not one.
    static func key(in secret: Secret) -> [UInt8]? {
        let text = secret.reveal()
        guard text.hasPrefix(prefix),
            let data = Data(base64Encoded: "\(text.dropFirst(prefix.count))"),
            sizes.contains(data.count)
        else { return nil }
        return Array(data)
    }

    /// The keys of Standard Webhooks.
    var keys: [[UInt8]] { secrets.compactMap(Self.key) }
}

extension SecretList: OptionValue {
    /// In words.
    package static var expectation: String { "a secret in a string, or a list of them" }
    /// True: not even a wrong value is shown.
    package static var isSecret: Bool { true }
    /// A string, or a list of them.
    package static var schema: OptionSchema {
        .either([.string, .list(of: .string, atLeast: 1)])
    }

    /// Decodes a string or a list of strings.
    package static func decode(_ value: ConfigValue, into problems: inout Problems) -> SecretList? {
        if let text = value.text { return SecretList([Secret(text)]) }
        let texts = value.elements.compactMap(\.text)
        guard !texts.isEmpty, texts.count == value.elements.count else {
            problems.expected(Self.self, found: value)
            return nil
        }
        return SecretList(texts.map { Secret($0) })
    }

    /// A string with nothing of the secrets in it.
    package var rendered: String { "\"…\"" }
}
