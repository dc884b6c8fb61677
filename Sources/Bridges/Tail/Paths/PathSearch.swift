import Chat
import Glibc
import Sockets

/// A scan, in full or for changed names only: it finds the files that match, and the directories in
/// which others may appear.
struct PathSearch {
    /// Matching files, each with all of its paths, sorted by path.
    private(set) var files: [(path: FilePath, status: FileStatus)] = []
    /// Directories in which a file may appear, with their IDs.
    private(set) var directories: [FilePath: FileID] = [:]
    /// Paths that exist but can't be examined: nothing is known about them or their contents.
    private(set) var failures: [FilePath: SocketError] = [:]
    /// Matching paths of anything but files, with the kind of each.
    private(set) var others: [FilePath: String] = [:]
    /// Symbolic links that are not followed, because they lead outside.
    private(set) var linksOut: Set<FilePath> = []
    /// Linked directories that `**` does not enter.
    private(set) var unentered: Set<FilePath> = []
    /// Paths that were checked although there may be nothing; all paths count as checked in a full
    /// scan.
    private(set) var names: Set<FilePath> = []
    /// Directories that match a pattern themselves.
    private(set) var matching: [FilePath] = []

    private let patterns: [PathPattern]
    private let excluded: [PathPattern]
    private let followsAllLinks: Bool
    private let links: LinkRule
    private var seen: Set<FilePath> = []
    private var visited: [FilePath: Set<State>] = [:]

    /// A pattern and the index of its next step.
    private struct State: Hashable {
        let pattern: Int
        let index: Int
    }

    /// The largest depth of `**`.
    private static let depth = 32

    /// Performs a full scan.
    init(_ configuration: TailConfiguration) {
        self.init(patterns: configuration.patterns, configuration)
        searchForAll()
    }

    /// Scans changed names and the contents of new directories.
    init(_ configuration: TailConfiguration, names: Set<FilePath>, directories: Set<FilePath>) {
        self.init(patterns: configuration.patterns, configuration)
        self.names = names
        for path in names where configuration.follows(path) { examine(path, kind: .unknown) }
        for directory in directories.sorted() { enter(directory) }
        files.sort { $0.path < $1.path }
    }

    /// Finds the directories that patterns name, directly or as the parents of files.
    init(directories patterns: [PathPattern]) {
        self.init(patterns: patterns, TailConfiguration(patterns: []))
        searchForAll()
    }

    private init(patterns: [PathPattern], _ configuration: TailConfiguration) {
        self.patterns = patterns
        excluded = configuration.excluded
        followsAllLinks = configuration.followsAllLinks
        links = LinkRule(patterns)
    }

    private mutating func searchForAll() {
        for isAbsolute in [true, false] {
            let chosen = patterns.indices.filter { patterns[$0].isAbsolute == isAbsolute }
            if chosen.isEmpty { continue }
            let states = chosen.flatMap { pattern in
                patterns[pattern].firstIndices.map { State(pattern: pattern, index: $0) }
            }
            walk(isAbsolute ? FilePath("/") : .here, Set(states), depth: 0)
        }
        files.sort { $0.path < $1.path }
    }

    /// Scans one directory if a pattern leads there.
    private mutating func enter(_ directory: FilePath) {
        let isAbsolute = directory.bytes.first == UInt8(ascii: "/")
        let names =
            directory == .here ? [] : directory.bytes.split(separator: UInt8(ascii: "/"))
        var states = patterns.indices.filter { patterns[$0].isAbsolute == isAbsolute }
            .flatMap { pattern in
                patterns[pattern].stepIndices(in: names).map { State(pattern: pattern, index: $0) }
            }
        guard !states.isEmpty, let kind = try? FileStatus(link: directory).kind else { return }
        if kind == .link, !followsAllLinks {
            states.removeAll(where: isReachedDeep)
            if states.isEmpty || !mayEnter(directory, isAnyDepth: false) { return }
        }
        walk(directory, Set(states), depth: 0)
    }

    /// Returns true if it is not known whether a path is gone.
    func isUnsure(about path: FilePath) -> Bool {
        if failures.isEmpty { return false }
        return failures[path] != nil || path.ancestors.contains { failures[$0] != nil }
    }

    private mutating func walk(_ directory: FilePath, _ states: Set<State>, depth: Int) {
        // States that were visited before can't find anything new.
        let states = states.subtracting(visited[directory] ?? [])
        if states.isEmpty { return }
        visited[directory, default: []].formUnion(states)
        var named: [[UInt8]: Set<State>] = [:]
        var isListed = false
        for state in states {
            if case .name(let name) = patterns[state.pattern].steps[state.index] {
                named[name, default: []].insert(state)
            } else {
                isListed = true
            }
        }
        for (name, states) in named {
            walkNamed(directory, name, states, depth: depth)
        }
        if isListed { list(directory, states, depth: depth) }
    }

    private mutating func walkNamed(
        _ directory: FilePath, _ name: [UInt8], _ states: Set<State>, depth: Int
    ) {
        let path = directory.entry(name)
        if states.contains(where: isLast) {
            recordDirectory(directory)
            examine(path, kind: .named)
        }
        let next = self.next(after: name, states)
        if next.isEmpty { return }
        do throws(SocketError) {
            if try FileStatus(path).isDirectory { return walk(path, next, depth: depth) }
        } catch {
            recordFailure(error, at: path)
        }
        recordDirectory(directory)
    }

    private mutating func list(_ directory: FilePath, _ states: Set<State>, depth: Int) {
        let entries: [DirectoryEntry]
        do throws(SocketError) {
            let listing = try DirectoryEntry.listing(of: directory)
            directories[directory] = listing.id
            entries = listing.entries
        } catch {
            return recordFailure(error, at: directory)
        }
        let listed = states.filter { state in
            if case .name = patterns[state.pattern].steps[state.index] { false } else { true }
        }
        let lasting = listed.filter(isLast)
        for entry in entries {
            let isMatch = lasting.contains {
                patterns[$0.pattern].steps[$0.index].matches(entry.name)
            }
            let next = entry.kind == .file ? [] : self.next(after: entry.name, listed)
            if !isMatch, next.isEmpty { continue }
            let path = directory.entry(entry.name)
            if isMatch, entry.kind != .directory {
                // No file in the directory can be examined: one failure stands for all.
                if entry.kind == .file, failures[directory] != nil { continue }
                examine(path, kind: entry.kind)
            }
            if !next.isEmpty { descend(entry, path, next, depth: depth) }
            if isMatch, entry.kind == .directory { matching.append(path) }
        }
    }

    private mutating func descend(
        _ entry: DirectoryEntry, _ path: FilePath, _ next: Set<State>, depth: Int
    ) {
        var kind = entry.kind
        if kind == .unknown { kind = (try? FileStatus(link: path).kind) ?? .unknown }
        let isDeep = next.allSatisfy(isReachedDeep)
        switch kind {
        case .directory:
            if depth < Self.depth { walk(path, next, depth: depth + 1) }
        case .link:
            guard (try? FileStatus(path))?.isDirectory == true else { return }
            let isWanted = next.filter {
                // `**` need not stand for this directory.
                !isReachedDeep($0) || followsAllLinks
            }
            if mayEnter(path, isAnyDepth: isDeep), depth < Self.depth {
                let entered = followsAllLinks ? next : isWanted
                if isInCircle(path) || entered.isEmpty { return }
                walk(path, entered, depth: depth + 1)
            }
        case .file, .unknown, .named: break
        }
    }

    private func isReachedDeep(_ state: State) -> Bool {
        let steps = patterns[state.pattern].steps
        return steps[state.index] == .anyDepth
            || (state.index > 0 && steps[state.index - 1] == .anyDepth)
    }

    /// Returns true if a link leads back to a directory on the way to it.
    private func isInCircle(_ path: FilePath) -> Bool {
        guard let id = try? FileStatus(path).id else { return true }
        return path.ancestors.contains { (try? FileStatus($0).id) == id }
    }

    /// Returns true if a linked directory is entered; notes it if not.
    private mutating func mayEnter(_ path: FilePath, isAnyDepth: Bool) -> Bool {
        if followsAllLinks { return true }
        guard let target = path.resolved else { return false }
        if isAnyDepth {
            // A target within is found there anyway.
            if !links.isWithin(target) { unentered.insert(path) }
            return false
        }
        if links.allows(path, to: target) { return true }
        linksOut.insert(path)
        return false
    }

    private func isLast(_ state: State) -> Bool {
        state.index == patterns[state.pattern].steps.count - 1
    }

    private func next(after name: [UInt8], _ states: Set<State>) -> Set<State> {
        var next: Set<State> = []
        for state in states {
            let stepIndices = patterns[state.pattern].stepIndices(after: name, from: [state.index])
            for index in stepIndices { next.insert(State(pattern: state.pattern, index: index)) }
        }
        return next
    }

    // MARK: - One name

    private mutating func examine(_ path: FilePath, kind: DirectoryEntry.Kind) {
        guard !excluded.contains(where: { $0.excludes(path) }), seen.insert(path).inserted else {
            return
        }
        do throws(SocketError) {
            if try !isAllowed(path, kind) { return }
            let status = try FileStatus(path)
            if status.isRegular {
                files.append((path, status))
            } else if let name = status.kindName {
                others[path] = name
            } else if status.isDirectory {
                matching.append(path)
            }
        } catch {
            // No file of the directory can be examined; a link's target is elsewhere.
            let isClosed = error.code == EACCES && kind == .file
            recordFailure(error, at: isClosed ? path.directory : path)
        }
    }

    /// Returns true if the object of a name may be examined: not if the name is a link that leads
    /// outside.
    private mutating func isAllowed(
        _ path: FilePath, _ kind: DirectoryEntry.Kind
    ) throws(SocketError) -> Bool {
        if followsAllLinks || kind == .file || kind == .named { return true }
        let kind = kind == .link ? kind : try FileStatus(link: path).kind
        if kind != .link { return true }
        if patterns.contains(where: { $0.namesFile && $0.matches(path) }) { return true }
        guard let target = path.resolved else { return true }
        if links.allows(path, to: target) { return true }
        linksOut.insert(path)
        return false
    }

    private mutating func recordDirectory(_ directory: FilePath) {
        if directories[directory] != nil { return }
        directories[directory] = (try? FileStatus(directory))?.id
    }

    private mutating func recordFailure(_ error: SocketError, at path: FilePath) {
        // These say that nothing is there; other errors leave that unknown.
        if ![ENOENT, ENOTDIR, ELOOP].contains(error.code) { failures[path] = error }
    }
}

extension PathPattern {
    /// Returns true if the pattern excludes a path; a pattern without a slash applies to names.
    func excludes(_ path: FilePath) -> Bool {
        steps.count == 1 && !isAbsolute ? mayMatch(name: path.name) : matches(path)
    }
}
