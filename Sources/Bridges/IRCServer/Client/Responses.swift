import IRC

/// The answers to one command: as they are, or with the command's label
/// (IRCv3, labeled responses).
///
/// Owned by an `IRCServerClient`; confined to the bus's loop.
struct Responses {
    /// The label of the command in progress; `nil` without one.
    private(set) var label: String?
    private var units: [[UInt8]] = []
    private var lastBatch = 0

    /// Begins with a command.
    mutating func begin(_ label: String?) {
        self.label = label
        units = []
    }

    /// Adds lines to the answer; returns those that can be sent now.
    ///
    /// - Parameter isBatch: true if they are one batch, which the label stands in front of.
    mutating func add(_ lines: [UInt8], isBatch: Bool) -> [UInt8]? {
        guard label != nil else { return lines }
        if isBatch {
            units.append(lines)
        } else {
            var rest = lines[...]
            while let end = rest.firstIndex(of: 0x0A) {
                units.append(Array(rest[...end]))
                rest = rest[(end + 1)...]
            }
        }
        return nil
    }

    /// Ends the answer, and returns all of it; `nil` if it was sent already.
    mutating func end(by server: String) -> [UInt8]? {
        guard let label else { return nil }
        self.label = nil
        defer { units = [] }
        let tag = "label=\(IRCTags.escape(label))"
        switch units.count {
        case 0: return Array("@\(tag) :\(server) ACK\r\n".utf8)
        case 1: return Self.tagging(units[0], tag)
        default:
            lastBatch += 1
            let name = "r\(lastBatch)"
            var lines = Array("@\(tag) :\(server) BATCH +\(name) labeled-response\r\n".utf8)
            for unit in units { lines += Self.nesting(unit, "batch=\(name)") }
            return lines + "\(":\(server)") BATCH -\(name)\r\n".utf8
        }
    }

    /// Returns lines with a tag more on the first one.
    private static func tagging(_ lines: [UInt8], _ tag: String) -> [UInt8] {
        lines.first == UInt8(ascii: "@")
            ? Array("@\(tag);".utf8) + lines.dropFirst() : Array("@\(tag) ".utf8) + lines
    }

    /// Returns lines with a tag more on the first and the last one.
    private static func nesting(_ lines: [UInt8], _ tag: String) -> [UInt8] {
        guard let last = lines.dropLast().lastIndex(of: 0x0A) else { return tagging(lines, tag) }
        return tagging(Array(lines[...last]), tag) + tagging(Array(lines[(last + 1)...]), tag)
    }
}
