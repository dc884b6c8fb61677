import Chat
import TimeUnits

/// A report about paths with one problem, logged with their count and the first of them, and again
/// when they have changed, at most once a minute.
///
/// Owned by `TailLog`, which checks it; confined to the bridge's thread.
final class PathReport {
    /// The parts of a sentence.
    struct Content {
        /// The only path.
        let one: String
        /// The number of paths, with the noun for them, and the first ones.
        let list: String
        /// The reason that is reported.
        let reason: String
    }

    private var paths: [FilePath: String] = [:]
    private var told: [FilePath: String] = [:]
    private var isChanged = false
    private var lastTold: MonotonicTime?
    private let nouns: String
    private let one: (Content) -> String
    private let many: (Content) -> String

    /// Paths, and reasons, named in a sentence.
    static let named = 3

    /// Creates an empty report.
    ///
    /// - Parameters:
    ///   - nouns: the noun for several of what has these paths.
    ///   - one: the sentence about one path.
    ///   - many: the sentence about several.
    init(
        _ nouns: String = "files", one: @escaping (Content) -> String,
        many: @escaping (Content) -> String
    ) {
        self.nouns = nouns
        self.one = one
        self.many = many
    }

    /// True if there is nothing to report.
    var isEmpty: Bool { paths.isEmpty }

    /// Returns true if a path is among those to report.
    func contains(_ path: FilePath) -> Bool { !paths.isEmpty && paths[path] != nil }

    /// Adds a path.
    func set(_ path: FilePath, _ reason: String) {
        if paths.updateValue(reason, forKey: path) != reason { isChanged = true }
    }

    /// Removes a path.
    func remove(_ path: FilePath) {
        if !paths.isEmpty, paths.removeValue(forKey: path) != nil { isChanged = true }
    }

    /// Removes all paths but those to keep.
    func removeAll(except isKept: (FilePath) -> Bool) {
        for path in paths.keys where !isKept(path) { remove(path) }
    }

    /// Replaces the paths with those found: all of them, or only at some names.
    func replace(_ found: [FilePath: String], isAll: Bool, at names: Set<FilePath>) {
        if isAll {
            if paths.isEmpty, found.isEmpty { return }
            if paths != found { isChanged = true }
            paths = found
            return
        }
        if !paths.isEmpty { for path in names where found[path] == nil { remove(path) } }
        for (path, reason) in found { set(path, reason) }
    }

    /// The time at which a report is due; `nil` if there is nothing new.
    var due: MonotonicTime? {
        guard isChanged, !paths.isEmpty else { return nil }
        return lastTold.map { $0 + TailLog.pause } ?? .distantPast
    }

    /// Returns the sentence if a new one is due.
    func nextSentence(now: MonotonicTime, isLast: Bool) -> String? {
        guard isChanged else { return nil }
        if paths.isEmpty || paths == told {
            isChanged = false
            told = paths
            return nil
        }
        guard let due, due <= now || isLast else { return nil }
        lastTold = now
        isChanged = false
        told = paths
        let sorted = paths.keys.sorted()
        let reasons = Set(paths.values).filter { !$0.isEmpty }.sorted()
        let first = sorted.prefix(Self.named).map(\.description).joined(separator: ", ")
        let more = sorted.count > Self.named ? ", …" : ""
        let content = Content(
            one: first, list: "\(sorted.count) \(nouns) (\(first)\(more))",
            reason: reasons.prefix(Self.named).joined(separator: "; "))
        return sorted.count == 1 ? one(content) : many(content)
    }
}
