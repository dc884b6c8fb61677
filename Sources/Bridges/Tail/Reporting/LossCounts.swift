import Chat

/// Counts of lost data: files that came and went at a path before they could be opened, and bytes
/// that could not be read any more.
///
/// Each file that appears under a name is counted when the kernel reports it, and discounted when
/// it is opened or found: the rest is lost.
struct LossCounts {
    /// The number of files that appeared under each name, less those that were found.
    private var balance: [FilePath: Int] = [:]
    /// Names at which a file was found that the kernel had not reported yet, in this scan and in
    /// the one before.
    private var early: (new: Set<FilePath>, old: Set<FilePath>) = ([], [])
    private var bytes: UInt64 = 0
    private var cutShort = 0
    private var unknown = 0

    /// Counts files that appeared at a path.
    mutating func appeared(at path: FilePath, times: Int) {
        var times = times
        if early.old.remove(path) != nil || early.new.remove(path) != nil { times -= 1 }
        if times > 0 { balance[path, default: 0] += times }
    }

    /// Counts a file of a path as found.
    mutating func found(at path: FilePath) {
        if let count = balance[path] {
            balance[path] = count > 1 ? count - 1 : nil
        } else {
            early.new.insert(path)
        }
    }

    /// Discounts a file that was tailed already.
    mutating func wasKnown(at path: FilePath) {
        if let count = balance[path] { balance[path] = count > 1 ? count - 1 : nil }
    }

    /// Ends a scan.
    mutating func settle() { early = ([], early.new) }

    /// Counts a file whose end can no longer be read.
    ///
    /// - Parameter bytes: the number of bytes lost, if it is known.
    mutating func lost(_ bytes: UInt64?) {
        cutShort += 1
        if let bytes { self.bytes += bytes } else { unknown += 1 }
    }

    /// True if nothing is lost.
    var isEmpty: Bool { balance.isEmpty && cutShort == 0 }

    /// Returns the losses as a sentence and resets the counts.
    mutating func flushReport() -> String? {
        if isEmpty { return nil }
        defer { self = LossCounts() }
        var parts: [String] = []
        let files = balance.values.reduce(0, +)
        if files > 0 {
            let most = balance.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            let names = most.prefix(3).map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            parts.append(
                "\(files == 1 ? "1 file" : "\(files) files") came and went before being opened "
                    + "(\(names)\(most.count > 3 ? ", …" : ""))")
        }
        if cutShort > 0 {
            let some = unknown > 0 ? ", and an unknown number in \(unknown) of them" : ""
            parts.append(
                "\(bytes) bytes of \(cutShort == 1 ? "1 file" : "\(cutShort) files") "
                    + "can't be read any more\(some)")
        }
        return parts.joined(separator: "; ") + ": what was in there is lost"
    }
}
