import Sockets

/// Files that were there before what is followed beside them was first followed: rotated ones, most
/// of them, whose lines nobody asked for.
///
/// A file is known by its number, and by what was in it: its number is another file's when it is
/// gone, and a program that copies may write over it. Confined to the bridge's thread.
struct PassedOverFiles {
    private var contents: [FileID: Fingerprint] = [:]

    /// Files at most: more than rotation leaves behind.
    private static let bound = 2_000
    /// Bytes from which on a file that has grown can be told from another one that begins alike.
    private static let certain: UInt64 = 16

    /// Notes files as they are.
    ///
    /// If there are too many, those that were written to last: the others are not looked at again
    /// anyway, being older than what is looked for. Those that can't be read are left out.
    mutating func note(_ files: [(path: FilePath, status: FileStatus)]) {
        let last = files.sorted { $0.status.modified > $1.status.modified }
        for (path, status) in last.prefix(max(0, Self.bound - contents.count)) {
            guard let file = try? OpenFile(path), let own = try? file.status(),
                own.id == status.id, let content = try? Fingerprint(of: file, upTo: own.size)
            else { continue }
            // Without the bytes themselves.
            contents[own.id] = Fingerprint(
                offset: content.offset, head: content.head, sum: content.sum)
        }
    }

    /// How much of a file was there when it was passed over; `nil` if it was not, or is another one
    /// by now.
    func size(of file: OpenFile, _ status: FileStatus) -> UInt64? {
        guard let content = contents[status.id] else { return nil }
        let isAsItWas = status.size == content.offset
        guard isAsItWas || content.offset >= Self.certain, content.matches(file) else { return nil }
        return content.offset
    }
}
