import MessageBus
import Sockets

/// An element of `proxyFrom`: where a proxy connects from.
package enum TrustedProxy: Sendable, Hashable {
    /// An address, or all addresses that share their first bits.
    case addresses(AddressRange)
    /// Every client of a Unix socket.
    case unix
}

extension TrustedProxy: OptionValue {
    /// In words, with examples.
    package static var expectation: String {
        "an address like \"192.0.2.1\", a block like \"10.0.0.0/8\", or \"unix\""
    }
    /// In words, with examples.
    package static var pluralExpectation: String {
        "addresses like \"192.0.2.1\", blocks like \"10.0.0.0/8\", or \"unix\""
    }

    /// A string: no pattern describes every address.
    package static var schema: OptionSchema { .string }

    /// The block that an address with a number belongs to.
    package static func hint(for value: ConfigValue) -> String? {
        guard let text = value.text, let block = AddressRange.aligned(text) else { return nil }
        return "did you mean \("\(block)".quoted)?"
    }

    /// Takes an address, a block, or `unix`.
    package static func decode(_ value: ConfigValue, into problems: inout Problems) -> TrustedProxy?
    {
        if let text = value.text {
            if text == "unix" { return .unix }
            if let block = AddressRange(text) { return .addresses(block) }
        }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// As JSON.
    package var rendered: String {
        switch self {
        case .addresses(let range): "\(range)".quoted
        case .unix: "unix".quoted
        }
    }
}

extension TrustedProxies {
    /// Makes a set of the elements of `proxyFrom`.
    package init(_ proxies: [TrustedProxy]) {
        self.init(
            ranges: proxies.compactMap { proxy in
                if case .addresses(let range) = proxy { range } else { nil }
            }, containsUnix: proxies.contains(.unix))
    }
}
