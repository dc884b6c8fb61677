import Glibc
import Sockets

/// Which files there are, and where others may appear.
struct PathSearch {
    /// What matches and is a file, each by all of its names, the names sorted.
    private(set) var files: [(path: FilePath, status: FileStatus)] = []
    /// Directories in which a file may appear.
    private(set) var directories: Set<FilePath> = []
    /// What could not be looked at, although it is there: nothing is known of it and what is in it.
    private(set) var failures: [(path: FilePath, error: SocketError)] = []

    private let patterns: [PathPattern]
    private let excluded: [PathPattern]
    private var seen: Set<FilePath> = []

    /// How deep `**` goes.
    private static let depth = 32

    /// Looks for files.
    init(_ patterns: [PathPattern], but excluded: [PathPattern] = []) {
        self.patterns = patterns
        self.excluded = excluded
        for pattern in patterns {
            walk(
                FilePath(pattern.isAbsolute ? "/" : "."), pattern.steps[...], depth: 0, isTop: true)
        }
        files.sort { $0.path < $1.path }
    }

    /// Whether it can't be told if a path is gone.
    func isUnsure(about path: FilePath) -> Bool {
        failures.contains { path.isWithin($0.path) }
    }

    private mutating func walk(
        _ directory: FilePath, _ steps: ArraySlice<PathPattern.Step>, depth: Int,
        isTop: Bool = false
    ) {
        guard let step = steps.first else { return }
        let rest = steps.dropFirst()
        if case .name(let name) = step {
            let path =
                isTop && directory == FilePath(".")
                ? FilePath(name) : directory.appending(name.utf8)
            if rest.isEmpty {
                directories.insert(directory)
                look(at: path)
            } else if exists(path, in: directory) {
                walk(path, rest, depth: depth)
            }
            return
        }
        directories.insert(directory)
        if step == .anyDepth, !rest.isEmpty { walk(directory, rest, depth: depth, isTop: isTop) }
        for entry in list(directory) where step.matches(entry.name) {
            let path =
                isTop && directory == FilePath(".")
                ? FilePath(bytes: entry.name) : directory.appending(entry.name)
            if step == .anyDepth {
                // Links to directories could lead in circles.
                if isDirectory(entry, path) {
                    if depth < Self.depth { walk(path, steps, depth: depth + 1) }
                } else if rest.isEmpty {
                    look(at: path)
                }
            } else if rest.isEmpty {
                if entry.kind != .directory { look(at: path) }
            } else if entry.kind != .file {
                walk(path, rest, depth: depth)
            }
        }
    }

    private mutating func look(at path: FilePath) {
        guard !excluded.contains(where: { $0.excludes(path) }), seen.insert(path).inserted else {
            return
        }
        do throws(SocketError) {
            let status = try FileStatus(path)
            if status.isRegular { files.append((path, status)) }
        } catch {
            note(error, at: path)
        }
    }

    /// Whether a directory on the way is there; if not, it may appear in the one before.
    private mutating func exists(_ path: FilePath, in directory: FilePath) -> Bool {
        do throws(SocketError) {
            if try FileStatus(path).isDirectory { return true }
        } catch {
            note(error, at: path)
        }
        directories.insert(directory)
        return false
    }

    private func isDirectory(_ entry: DirectoryEntry, _ path: FilePath) -> Bool {
        if entry.kind != .unknown { return entry.kind == .directory }
        var status = stat()
        return path.withCString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private mutating func list(_ directory: FilePath) -> [DirectoryEntry] {
        do throws(SocketError) {
            return try DirectoryEntry.all(in: directory)
        } catch {
            note(error, at: directory)
            return []
        }
    }

    private mutating func note(_ error: SocketError, at path: FilePath) {
        // What is not there is known not to be there; of everything else nothing is known.
        if ![ENOENT, ENOTDIR, ELOOP].contains(error.code) { failures.append((path, error)) }
    }
}

extension PathPattern {
    /// Whether it keeps a path from being followed: a pattern without a slash goes for names.
    func excludes(_ path: FilePath) -> Bool {
        steps.count == 1 && !isAbsolute ? mayMatch(name: path.name) : matches(path)
    }
}

/// A name in a directory.
struct DirectoryEntry: Equatable {
    /// What it is, where the file system says so at once.
    enum Kind {
        case file, directory, link
        /// A file system that does not say.
        case unknown
    }

    let name: [UInt8]
    let inode: UInt64
    let kind: Kind

    /// All names in a directory but `.` and `..`.
    ///
    /// - Throws: `SocketError`.
    static func all(in directory: FilePath) throws(SocketError) -> [DirectoryEntry] {
        guard let stream = directory.withCString({ opendir($0) }) else {
            throw SocketError("open \(directory)")
        }
        defer { closedir(stream) }
        var entries: [DirectoryEntry] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name == [0x2E] || name == [0x2E, 0x2E] { continue }
            entries.append(
                DirectoryEntry(name: name, inode: UInt64(entry.pointee.d_ino), kind: kind(entry)))
        }
        guard errno == 0 else { throw SocketError("read \(directory)") }
        return entries
    }

    private static func kind(_ entry: UnsafeMutablePointer<dirent>) -> Kind {
        // DT_DIR, DT_REG and DT_LNK; a link has to be followed to know what it leads to.
        switch entry.pointee.d_type {
        case 4: .directory
        case 8: .file
        case 10: .link
        default: .unknown
        }
    }
}
