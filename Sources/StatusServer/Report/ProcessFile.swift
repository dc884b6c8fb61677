import Glibc

/// A file of the kernel about this process (proc(5)).
enum ProcessFile {
    /// The numbers of `/proc/self/stat` that stand behind the process's name.
    struct StatFields {
        fileprivate let words: [Substring]

        /// Returns a number by its index: field 3, the state, has index 0.
        func double(_ index: Int) -> Double? {
            index < words.count ? Double(words[index]) : nil
        }

        /// Bytes of memory that the process occupies.
        var residentBytes: UInt64? {
            guard let pages = double(21), pages >= 0 else { return nil }
            return UInt64(pages) * UInt64(getpagesize())
        }
    }

    /// Bytes of memory that this process occupies; `nil` if it can't be read.
    static var residentBytes: UInt64? { words("/proc/self/stat")?.residentBytes }

    /// Bytes of a file that are read: those that are read here are shorter.
    private static let maxBytes = 16 << 10

    /// Returns the numbers behind the name and the state.
    static func words(_ path: String) -> StatFields? {
        guard let text = text(path), let end = text.lastIndex(of: ")") else { return nil }
        let words = text[text.index(after: end)...].split { $0 == " " || $0 == "\n" }
        return StatFields(words: words)
    }

    private static func text(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count < maxBytes {
            let piece = unsafe withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) {
                buffer in
                let count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
                return unsafe Array(buffer.prefix(max(0, count)))
            }
            if piece.isEmpty { break }
            bytes += piece
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns the number of entries of a directory; `nil` if it can't be read.
    static func entries(_ path: String) -> Int? {
        guard let directory = unsafe opendir(path) else { return nil }
        defer { unsafe closedir(directory) }
        var count = 0
        while let entry = unsafe readdir(directory) {
            if unsafe entry.pointee.d_name.0 != 0x2E { count += 1 }
        }
        return count
    }
}
