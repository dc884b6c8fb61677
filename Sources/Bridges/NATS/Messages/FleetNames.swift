import Chat
import Locking
import MessageBus

/// The names of people of other instances, as they are shown here.
///
/// Safe from any thread.
final class FleetNames: Sendable {
    private struct Key: Hashable {
        let name: String
        let bridge: String
        let instance: String
    }

    private let format: String
    private let phrases: Phrases
    private let clean: @Sendable (String) -> String
    private let known = Locked<[Key: String]>([:])

    /// Names that are remembered; all are forgotten when there are more.
    private static let bound = 10_000

    /// Makes the names in a form with `{name}` and `{instance}`.
    init(format: String, phrases: Phrases) {
        self.format = format
        self.phrases = phrases
        clean = NamePolicy.chat(phrases.language).clean
    }

    /// Returns a name as it is shown here.
    ///
    /// - Parameters:
    ///   - name: the name there, without the bridge.
    ///   - bridge: the bridge there; empty for people of that instance.
    func shown(_ name: String, bridge: String, instance: String) -> String {
        let key = Key(name: name, bridge: bridge, instance: instance)
        if let shown = known.withLock({ $0[key] }) { return shown }
        let isServer = name == Phrases(.es).server || name == Phrases(.en).server
        let place = bridge.isEmpty ? clean(instance) : "\(clean(bridge)), \(clean(instance))"
        let shown =
            format
            .replacing("{instance}", with: place)
            .replacing("{bridge}", with: place)
            // Replaced last, so that no placeholder in a name is replaced.
            .replacing("{name}", with: isServer ? phrases.server : clean(name))
        known.withLock { known in
            if known.count >= Self.bound { known = [:] }
            known[key] = shown
        }
        return shown
    }

    /// Returns the name and the bridge in parentheses of a name in the form in which its own
    /// instance shows it.
    static func parts(of shown: String) -> (name: String, bridge: String) {
        guard shown.utf8.last == UInt8(ascii: ")"),
            let open = shown.utf8.lastIndex(of: UInt8(ascii: "(")), open > shown.startIndex
        else { return (shown, "") }
        let space = shown.utf8.index(before: open)
        guard shown.utf8[space] == UInt8(ascii: " "), space > shown.startIndex else {
            return (shown, "")
        }
        let inside = shown[shown.index(after: open)...].dropLast()
        return (String(shown[..<space]), String(inside))
    }
}
