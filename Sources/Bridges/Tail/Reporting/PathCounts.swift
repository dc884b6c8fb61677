import Chat
import MessageBus

/// Counts by path; reports name the first paths.
struct PathCounts {
    private var counts: [FilePath: Int] = [:]
    private var rest = 0

    private static let bound = 100

    var isEmpty: Bool { counts.isEmpty }

    mutating func count(_ count: Int, at path: FilePath) {
        if counts.count < Self.bound || counts[path] != nil {
            counts[path, default: 0] += count
        } else {
            rest += count
        }
    }

    /// Returns the report of the lines counted so far and resets the counts.
    mutating func flushReport() -> String? {
        if counts.isEmpty { return nil }
        defer { self = PathCounts() }
        let all = counts.values.reduce(rest, +)
        let most = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let lines = all == 1 ? "1 line" : "\(all) lines"
        if let only = most.first, most.count == 1 { return "\(only.key): \(lines)" }
        let names = most.prefix(3).map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        return "\(lines) in \(most.count) files (\(names)\(most.count > 3 ? ", …" : ""))"
    }
}
