/// A file that holds more than its bridge has read.
package struct LaggingFile: Sendable, Equatable {
    /// The path of the file.
    package let name: String
    /// Bytes that are not read yet.
    package let bytes: UInt64
    /// The time since everything was read.
    package let age: Duration

    /// Makes a file's report.
    package init(name: String, bytes: UInt64, age: Duration) {
        self.name = name
        self.bytes = bytes
        self.age = age
    }
}
