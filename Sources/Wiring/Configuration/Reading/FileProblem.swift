import Glibc
import MessageBus

/// A failure to read a file.
package struct FileProblem: Error, CustomStringConvertible {
    /// The sentence, such as `no such file or directory`.
    package let description: String

    /// Makes a problem of a sentence.
    package init(sentence: String) {
        description = sentence
    }

    /// Makes a problem from the `errno` of a system call.
    package init(errno code: Int32) {
        let text = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        description = text.prefix(1).lowercased() + text.dropFirst()
    }
}
