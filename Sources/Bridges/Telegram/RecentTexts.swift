import MessageBus

/// What was last said by messages that may be edited.
struct RecentTexts {
    private var texts: [String: String] = [:]
    private var order: [String] = []

    /// Messages remembered; older ones are looked up in the store.
    private static let bound = 500

    subscript(id: String) -> String? { texts[id] }

    mutating func note(_ text: String, of id: String) {
        if texts.updateValue(text, forKey: id) == nil { order.append(id) }
        if order.count > Self.bound { texts[order.removeFirst()] = nil }
    }

    /// A text as the bus keeps it.
    static func cleaned(_ text: String) -> String {
        let bytes = Array(text.utf8).withUnsafeBytes {
            TextCleaning.cleaned(repairing: $0, lineEndings: .kept)
        }
        let count = bytes.lastIndex { $0 != 0x0A }.map { $0 + 1 } ?? 0
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
