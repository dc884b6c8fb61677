import Chat
import Glibc
import Sockets

/// Which files there are, and where others may appear: all of them, or those that something was heard
/// of.
struct PathSearch {
    /// What matches and is a file, each by all of its names, the names sorted.
    private(set) var files: [(path: FilePath, status: FileStatus)] = []
    /// Directories in which a file may appear, and which they are.
    private(set) var directories: [FilePath: FileID] = [:]
    /// What could not be looked at, although it is there: nothing is known of it and what is in it.
    private(set) var failures: [FilePath: SocketError] = [:]
    /// What matches and is no file, and what it is instead.
    private(set) var others: [FilePath: String] = [:]
    /// Symbolic links that are not followed, because they lead out.
    private(set) var linksOut: Set<FilePath> = []
    /// Linked directories that `**` does not enter.
    private(set) var unentered: Set<FilePath> = []
    /// Names that were looked at although nothing may be there; all, if everything was looked for.
    private(set) var names: Set<FilePath> = []
    /// Directories that match a pattern themselves.
    private(set) var matching: [FilePath] = []

    private let patterns: [PathPattern]
    private let excluded: [PathPattern]
    private let followsAllLinks: Bool
    private let links: LinkRule
    private var seen: Set<FilePath> = []
    private var visited: [FilePath: Set<State>] = [:]

    /// Where a pattern goes on.
    private struct State: Hashable {
        let pattern: Int
        let place: Int
    }

    /// How deep `**` goes.
    private static let depth = 32

    /// Looks for everything.
    init(_ configuration: TailConfiguration) {
        self.init(patterns: configuration.patterns, configuration)
        lookForAll()
    }

    /// Looks at names, and for what is in directories that appeared.
    init(_ configuration: TailConfiguration, names: Set<FilePath>, directories: Set<FilePath>) {
        self.init(patterns: configuration.patterns, configuration)
        self.names = names
        for path in names where configuration.follows(path) { look(at: path, kind: .unknown) }
        for directory in directories.sorted() { enter(directory) }
        files.sort { $0.path < $1.path }
    }

    /// Looks for directories that patterns name, as such or as where their files are.
    init(directories patterns: [PathPattern]) {
        self.init(patterns: patterns, TailConfiguration(patterns: []))
        lookForAll()
    }

    private init(patterns: [PathPattern], _ configuration: TailConfiguration) {
        self.patterns = patterns
        excluded = configuration.excluded
        followsAllLinks = configuration.followsAllLinks
        links = LinkRule(patterns)
    }

    private mutating func lookForAll() {
        for isAbsolute in [true, false] {
            let chosen = patterns.indices.filter { patterns[$0].isAbsolute == isAbsolute }
            if chosen.isEmpty { continue }
            let states = chosen.flatMap { pattern in
                patterns[pattern].firstPlaces.map { State(pattern: pattern, place: $0) }
            }
            walk(isAbsolute ? FilePath("/") : .here, Set(states), depth: 0)
        }
        files.sort { $0.path < $1.path }
    }

    /// Looks for what is in one directory, if a pattern leads there.
    private mutating func enter(_ directory: FilePath) {
        let isAbsolute = directory.bytes.first == UInt8(ascii: "/")
        let names =
            directory == .here ? [] : directory.bytes.split(separator: UInt8(ascii: "/"))
        var states = patterns.indices.filter { patterns[$0].isAbsolute == isAbsolute }
            .flatMap { pattern in
                patterns[pattern].places(in: names).map { State(pattern: pattern, place: $0) }
            }
        guard !states.isEmpty, let kind = try? FileStatus(link: directory).kind else { return }
        if kind == .link, !followsAllLinks {
            states.removeAll(where: isReachedDeep)
            if states.isEmpty || !mayEnter(directory, isAnyDepth: false) { return }
        }
        walk(directory, Set(states), depth: 0)
    }

    /// Whether it can't be told if a path is gone.
    func isUnsure(about path: FilePath) -> Bool {
        if failures.isEmpty { return false }
        return failures[path] != nil || path.ancestors.contains { failures[$0] != nil }
    }

    private mutating func walk(_ directory: FilePath, _ states: Set<State>, depth: Int) {
        // Those that were gone through before found what they find.
        let states = states.subtracting(visited[directory] ?? [])
        if states.isEmpty { return }
        visited[directory, default: []].formUnion(states)
        var named: [[UInt8]: Set<State>] = [:]
        var isListed = false
        for state in states {
            if case .name(let name) = patterns[state.pattern].steps[state.place] {
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
            noteDirectory(directory)
            look(at: path, kind: .named)
        }
        let next = self.next(after: name, states)
        if next.isEmpty { return }
        do throws(SocketError) {
            if try FileStatus(path).isDirectory { return walk(path, next, depth: depth) }
        } catch {
            note(error, at: path)
        }
        noteDirectory(directory)
    }

    private mutating func list(_ directory: FilePath, _ states: Set<State>, depth: Int) {
        let entries: [DirectoryEntry]
        do throws(SocketError) {
            let listing = try DirectoryEntry.listing(of: directory)
            directories[directory] = listing.id
            entries = listing.entries
        } catch {
            return note(error, at: directory)
        }
        let listed = states.filter { state in
            if case .name = patterns[state.pattern].steps[state.place] { false } else { true }
        }
        let lasting = listed.filter(isLast)
        for entry in entries {
            let isMatch = lasting.contains {
                patterns[$0.pattern].steps[$0.place].matches(entry.name)
            }
            let next = entry.kind == .file ? [] : self.next(after: entry.name, listed)
            if !isMatch, next.isEmpty { continue }
            let path = directory.entry(entry.name)
            if isMatch, entry.kind != .directory {
                // Nothing in it can be looked at: one failure says so for all.
                if entry.kind == .file, failures[directory] != nil { continue }
                look(at: path, kind: entry.kind)
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
                // What any number of directories stands for need not be this one.
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
        return steps[state.place] == .anyDepth
            || (state.place > 0 && steps[state.place - 1] == .anyDepth)
    }

    /// Whether a link leads back to a directory on the way to it.
    private func isInCircle(_ path: FilePath) -> Bool {
        guard let id = try? FileStatus(path).id else { return true }
        return path.ancestors.contains { (try? FileStatus($0).id) == id }
    }

    /// Whether a linked directory is entered; notes it if not.
    private mutating func mayEnter(_ path: FilePath, isAnyDepth: Bool) -> Bool {
        if followsAllLinks { return true }
        guard let target = path.resolved else { return false }
        if isAnyDepth {
            // What lies within is found there.
            if !links.isWithin(target) { unentered.insert(path) }
            return false
        }
        if links.allows(path, to: target) { return true }
        linksOut.insert(path)
        return false
    }

    private func isLast(_ state: State) -> Bool {
        state.place == patterns[state.pattern].steps.count - 1
    }

    private func next(after name: [UInt8], _ states: Set<State>) -> Set<State> {
        var next: Set<State> = []
        for state in states {
            let places = patterns[state.pattern].places(after: name, from: [state.place])
            for place in places { next.insert(State(pattern: state.pattern, place: place)) }
        }
        return next
    }

    // MARK: - One name

    private mutating func look(at path: FilePath, kind: DirectoryEntry.Kind) {
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
            // Whatever is in there can't be looked at; a link's target is elsewhere.
            let isClosed = error.code == EACCES && kind == .file
            note(error, at: isClosed ? path.directory : path)
        }
    }

    /// Whether what a name stands for is looked at: not what a link leads to that leads out.
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

    private mutating func noteDirectory(_ directory: FilePath) {
        if directories[directory] != nil { return }
        directories[directory] = (try? FileStatus(directory))?.id
    }

    private mutating func note(_ error: SocketError, at path: FilePath) {
        // What is not there is known not to be there; of everything else nothing is known.
        if ![ENOENT, ENOTDIR, ELOOP].contains(error.code) { failures[path] = error }
    }
}

extension PathPattern {
    /// Whether it keeps a path from being followed: a pattern without a slash goes for names.
    func excludes(_ path: FilePath) -> Bool {
        steps.count == 1 && !isAbsolute ? mayMatch(name: path.name) : matches(path)
    }
}
