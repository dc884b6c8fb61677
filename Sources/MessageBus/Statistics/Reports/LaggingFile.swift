/// A file that holds more than its bridge has read.
package struct LaggingFile: Sendable, Equatable {
    /// The path of the file.
    package let name: String
    /// Bytes that are not read yet.
    package let bytes: UInt64
    /// Nanoseconds since everything was read.
    package let age: Int64

    /// Makes a file's report.
    package init(name: String, bytes: UInt64, age: Int64) {
        self.name = name
        self.bytes = bytes
        self.age = age
    }
}
