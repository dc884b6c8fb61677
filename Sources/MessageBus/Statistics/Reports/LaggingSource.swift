/// A source of a bridge that holds more than the bridge has read.
package struct LaggingSource: Sendable, Equatable {
    /// The source's name: for a file, its path.
    package let name: String
    /// Bytes that are not read yet.
    package let bytes: UInt64
    /// Nanoseconds since everything was read.
    package let age: Int64

    /// Makes a source.
    package init(name: String, bytes: UInt64, age: Int64) {
        self.name = name
        self.bytes = bytes
        self.age = age
    }
}
