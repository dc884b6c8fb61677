/// The byte indices at which rotation inserts a number or date into a name, other than its end, as
/// far as they have been learned.
///
/// Owned by `FileRecords`; confined to the bridge's thread.
struct RotationMarks {
    private var marks: [FilePath: Set<Int>] = [:]

    /// The indices in the name of a path.
    subscript(path: FilePath) -> Set<Int> { marks[path] ?? [] }

    /// Adds an index; returns false if it is known.
    mutating func insert(_ mark: Int, of path: FilePath) -> Bool {
        marks[path, default: []].insert(mark).inserted
    }

    /// Adds the indices that an earlier run saved; unreadable ones are left out.
    mutating func restore(_ state: [UInt8]) {
        for part in state.split(separator: 0) {
            guard let space = part.firstIndex(of: UInt8(ascii: " ")),
                let mark = Int(String(decoding: part[..<space], as: UTF8.self))
            else { continue }
            _ = insert(mark, of: FilePath(bytes: part[(space + 1)...]))
        }
    }

    /// The saved form.
    var state: [UInt8] {
        var state: [UInt8] = []
        for (path, marks) in marks.sorted(by: { $0.key < $1.key }) {
            for mark in marks.sorted() { state += Array("\(mark) ".utf8) + path.bytes + [0] }
        }
        return state
    }
}
