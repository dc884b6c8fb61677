import MessageBus

/// The place of the control socket.
package enum ControlOption: OptionValue, Equatable, ExpressibleByNilLiteral {
    /// The store's path with `.control`; none without a store.
    case besideStore
    /// There is none.
    case off
    /// A path of its own.
    case path(String)

    /// Makes the default, the socket beside the store.
    package init(nilLiteral: ()) { self = .besideStore }

    /// In words.
    package static var expectation: String { "the path of a socket, or null for none" }

    /// A string or null.
    package static var schema: OptionSchema { .either([.string, .null]) }

    /// Decodes a path or null.
    package static func decode(_ value: ConfigValue, into problems: inout Problems) -> Self? {
        if case .null = value.kind { return .off }
        if let text = value.text { return .path(text) }
        problems.expected(Self.self, found: value)
        return nil
    }

    /// As JSON.
    package var rendered: String {
        if case .path(let path) = self { path.quoted } else { "null" }
    }

    /// Returns the path of the socket; `nil` if there is none.
    ///
    /// - Parameter store: the path of the store; `nil` without one.
    func path(besideStore store: String?) -> String? {
        switch self {
        case .besideStore: store.map { $0 + ".control" }
        case .off: nil
        case .path(let path): path
        }
    }
}
