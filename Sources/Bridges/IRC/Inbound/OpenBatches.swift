import IRC

/// The batches that a server has begun and not ended (IRCv3 batch).
struct OpenBatches: Sendable, Equatable {
    /// A batch.
    struct Batch: Sendable, Equatable {
        /// Its kind: `netsplit`, `draft/multiline`.
        let type: String
        /// The line that has begun it.
        let opening: IRCMessage
        /// The lines of a text.
        var lines: [IRCMessage] = []
        var bytes = 0
    }

    private var open: [String: Batch] = [:]

    /// The most batches that are open at a time; further ones are ignored.
    private static let maxOpen = 64
    /// The most bytes of a text in several lines; the rest is left out.
    private static let maxBytes = 256 << 10
    /// The kinds of batches that replay old texts, which were read already or were not meant to be.
    private static let past: Set<String> = ["chathistory", "znc.in/playback", "playback"]

    /// Makes a set without open batches.
    init() {}

    /// Begins a batch.
    mutating func begin(_ reference: String, _ type: String, _ line: IRCMessage) {
        guard open.count < Self.maxOpen else { return }
        open[reference] = Batch(type: type, opening: line)
    }

    /// Ends a batch, and returns it.
    mutating func end(_ reference: String) -> Batch? { open.removeValue(forKey: reference) }

    /// Keeps a line that belongs to a text of several lines or to a replay; returns false if the
    /// line is to be executed at once.
    mutating func collect(_ line: IRCMessage) -> Bool {
        guard let reference = line.tags["batch"], let batch = open[reference] else { return false }
        if isInPast(batch) { return true }
        guard batch.type == "draft/multiline" else { return false }
        let size = line.parameters.last?.utf8.count ?? 0
        if batch.bytes + size <= Self.maxBytes {
            open[reference]?.lines.append(line)
            open[reference]?.bytes += size + 16
        }
        return true
    }

    /// Returns whether a batch, or one around it, is a replay.
    func isInPast(_ batch: Batch) -> Bool {
        var batch = batch
        for _ in 0..<4 {
            if Self.past.contains(batch.type) { return true }
            guard let outer = batch.opening.tags["batch"], let next = open[outer] else {
                return false
            }
            batch = next
        }
        return true
    }

    /// Returns whether a line belongs to a batch of a kind.
    func isPart(of type: String, _ line: IRCMessage) -> Bool {
        line.tags["batch"].flatMap { open[$0] }?.type == type
    }

    /// Returns the label of a line, which may be that of a batch around it.
    func label(of line: IRCMessage) -> String? {
        var line = line
        for _ in 0..<4 {
            if let label = line.tags["label"] { return label }
            guard let batch = line.tags["batch"].flatMap({ open[$0] }) else { return nil }
            line = batch.opening
        }
        return nil
    }
}
