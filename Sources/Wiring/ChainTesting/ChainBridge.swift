import MessageBus

/// A bridge as its chain sees it, for trying a configuration.
package struct ChainBridge: Sendable {
    /// Its unique name.
    package let name: String
    /// The room it is in.
    package let room: String
    /// The direction in which it carries messages.
    let direction: Direction
    /// The form of names of people who speak by it.
    let senderFormat: String
    /// True if its connections are people of this bus, with plain names.
    let hostsPeople: Bool
    /// The chain for messages that it brings in, before the common chain.
    package let middleware: [MiddlewareEntry]
    /// The problems of its entry, if it is left out and so need not be right.
    let problems: Problems

    /// Returns a name as the bridge knows it, given one that may have the form that readers are
    /// shown.
    func known(_ name: String) -> String {
        guard !hostsPeople else { return name }
        let format = senderFormat.replacing("{bridge}", with: self.name)
        guard let place = format.firstRange(of: "{name}") else { return name }
        let (front, end) = (format[..<place.lowerBound], format[place.upperBound...])
        guard !(front.isEmpty && end.isEmpty), name.hasPrefix(front), name.hasSuffix(end),
            name.count > front.count + end.count
        else { return name }
        return String(name.dropFirst(front.count).dropLast(end.count))
    }
}
