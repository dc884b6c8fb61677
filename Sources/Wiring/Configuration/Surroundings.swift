import Glibc
import MessageBus

/// What a configuration refers to outside itself, handed in so that tests have their own.
package struct Surroundings: Sendable {
    /// The value of an environment variable; nil if it is not set.
    package var variable: @Sendable (String) -> String?
    /// The bytes of a file, at most so many; throws the sentence why not.
    package var file: @Sendable (_ path: String, _ limit: Int) throws(FileProblem) -> [UInt8]

    /// Makes surroundings of two functions.
    package init(
        variable: @escaping @Sendable (String) -> String?,
        file: @escaping @Sendable (_ path: String, _ limit: Int) throws(FileProblem) -> [UInt8]
    ) {
        self.variable = variable
        self.file = file
    }

    /// Those of the process.
    package static let process = Surroundings(
        variable: { name in getenv(name).map { String(cString: $0) } },
        file: { path, limit throws(FileProblem) in try read(path, limit: limit) })

    /// Reads to the end, since the size of a pipe or of `/proc` says nothing.
    private static func read(_ path: String, limit: Int) throws(FileProblem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem(errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        // As much as a pipe holds.
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileProblem(errno: errno) }
            guard count > 0 else { return bytes }
            bytes += part[..<count]
            if bytes.count > limit {
                let most = ByteCount(limit)
                throw FileProblem(sentence: "larger than \(most), the most that is read")
            }
        }
    }
}

/// Why a file can't be read.
package struct FileProblem: Error, CustomStringConvertible {
    /// The sentence, as `no such file or directory`.
    package let description: String

    /// Makes a problem of a sentence.
    package init(sentence: String) {
        description = sentence
    }

    /// Makes a problem of what a system call left in `errno`.
    package init(errno code: Int32) {
        let text = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        description = text.prefix(1).lowercased() + text.dropFirst()
    }
}
