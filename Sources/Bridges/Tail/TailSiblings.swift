import Chat
import MessageBus
import Locking
import Synchronization

/// The tail bridges of one bridge.json: a file that is moved from one to another is continued
/// there, whatever the bridges are called.
///
/// Safe from any thread.
final class TailSiblings: Sendable {
    /// A bridge, as the others know it.
    ///
    /// Safe from any thread.
    final class Member: Sendable {
        fileprivate let name: String
        fileprivate let configuration: TailConfiguration
        fileprivate let hasEnded = Atomic(false)

        fileprivate init(_ name: String, _ configuration: TailConfiguration) {
            (self.name, self.configuration) = (name, configuration)
        }

        /// Declares that it tails its files, or is about to.
        func begin() { hasEnded.store(false, ordering: .releasing) }

        /// Declares that it no longer tails them: other bridges may continue them.
        func end() { hasEnded.store(true, ordering: .releasing) }
    }

    private struct Entry {
        weak var member: Member?
    }

    private struct State {
        var members: [Entry] = []
        /// The names of all bridges that there have been in this process, including those that have
        /// ended.
        var names: Set<String> = []
    }

    private let state = Locked(State())

    /// The most names of ended bridges that are checked.
    private static let maxNames = 1_000
    /// The number of default names of bridges that are checked as well.
    private static let unnamed = 16

    /// Adds a bridge for as long as the result is kept; it takes the place of an earlier one of
    /// that name.
    func register(_ configuration: TailConfiguration, named name: String) -> Member {
        let member = Member(name, configuration)
        state.withLock { state in
            state.members.removeAll { $0.member == nil }
            state.members.append(Entry(member: member))
            if state.names.count < Self.maxNames { state.names.insert(name) }
        }
        return member
    }

    /// The configurations of the bridges that have not ended.
    private var configurations: [String: TailConfiguration] {
        let present = state.withLock { $0.members.compactMap(\.member) }
            .filter { !$0.hasEnded.load(ordering: .acquiring) }
        return Dictionary(present.map { ($0.name, $0.configuration) }) { _, last in last }
    }

    /// Returns the checkpoints of the files that a bridge is to tail: its own, and those of other
    /// bridges that no longer tail them.
    ///
    /// Files that other bridges still tail are left to them.
    func kept(for port: Port, _ configuration: TailConfiguration) async throws -> [String: [UInt8]]
    {
        let configurations = configurations
        let others = configurations.filter { $0.key != port.name }
        var own = try await port.checkpoints()
        own = own.filter { key, state in
            guard let path = Self.path(key, state), !configuration.follows(path) else {
                return true
            }
            return !others.values.contains { $0.follows(path) }
        }
        let count = max(Self.unnamed, configurations.count + 1)
        let unnamed = (1...count).map { $0 == 1 ? "tail" : "tail-\($0)" }
        let names = Set(unnamed).union(others.keys).union(state.withLock { $0.names })
        for name in names.sorted() where name != port.name {
            let kept = try await port.checkpoints(of: name)
            let taken = kept.filter { key, state in
                guard own[key] == nil, let path = Self.path(key, state) else { return false }
                return configuration.follows(path) && configurations[name]?.follows(path) != true
            }
            own.merge(taken) { own, _ in own }
            if !taken.isEmpty {
                try await port.takeOver(
                    taken.map { Checkpoint(key: $0, state: $1) }, from: name)
                port.log.info(
                    "\(taken.count == 1 ? "1 file goes" : "\(taken.count) files go") on where "
                        + "\(name) has read up to")
            }
            mergePatterns(kept, of: configurations[name], for: configuration, into: &own)
        }
        return own
    }

    /// Adds the patterns that another bridge has tailed before: files that match these are not new.
    private func mergePatterns(
        _ kept: [String: [UInt8]], of other: TailConfiguration?,
        for configuration: TailConfiguration,
        into own: inout [String: [UInt8]]
    ) {
        let key = CheckpointKey.patterns
        guard let state = kept[key] else { return }
        let present = Set(other?.patterns.map(\.text) ?? [])
        let wanted = Set(configuration.patterns.map(\.text))
        let known = String(decoding: state, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { wanted.contains($0) && !present.contains($0) }
        if known.isEmpty { return }
        let before = String(decoding: own[key] ?? [], as: UTF8.self).split(separator: "\n")
        let all = Set(before.map(String.init)).union(known).sorted().joined(separator: "\n")
        own[key] = Array(all.utf8)
        own[CheckpointKey.known] = own[CheckpointKey.known] ?? kept[CheckpointKey.known]
    }

    /// Returns the path of the file of a checkpoint.
    private static func path(_ key: String, _ state: [UInt8]) -> FilePath? {
        let prefix = IgnoredFiles.keyPrefix
        let numbers = key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : key
        return FileRecord(key: numbers, state: state)?.path
    }
}
