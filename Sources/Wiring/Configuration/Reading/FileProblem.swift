import Glibc
import MessageBus

/// A failure to read a file.
package struct FileProblem: Error, CustomStringConvertible {
    /// The sentence, as `no such file or directory`.
    package let description: String

    /// Makes a problem of a sentence.
    package init(sentence: String) {
        description = sentence
    }

    /// Makes a problem of what a system call left in `errno`.
    package init(errno code: Int32) {
        let text = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        description = text.prefix(1).lowercased() + text.dropFirst()
    }
}
