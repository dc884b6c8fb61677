import Glibc

/// System calls that take pointers, as calls that take none or stay within a buffer.
enum SystemCalls {
    /// Opens a file; negative if that fails, as `errno` says.
    static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Int32 {
        unsafe Glibc.open(path, flags, mode)
    }

    /// Returns the status of a file, or of what a link leads to; `nil` if there is none, as `errno`
    /// says.
    static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }

    /// Returns the status of a file, or of the link itself; `nil` if there is none, as `errno`
    /// says.
    static func linkStatus(_ path: String) -> stat? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status : nil
    }

    /// Returns the status of an open file; `nil` if it has none, as `errno` says.
    static func status(of descriptor: Int32) -> stat? {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? status : nil
    }

    /// Returns whether the process may use a file in a way that access(2) knows.
    static func isAccessible(_ path: String, _ mode: Int32) -> Bool {
        unsafe access(path, mode) == 0
    }

    /// Removes a file.
    static func remove(_ path: String) { unsafe unlink(path) }

    /// Reads into a buffer, as read(2) does.
    @safe static func read(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    }

    /// Receives into a buffer, as recv(2) does.
    @safe static func receive(
        _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, _ flags: Int = 0
    ) -> Int {
        unsafe recv(descriptor, buffer.baseAddress, buffer.count, Int32(flags))
    }

    /// Writes bytes, as write(2) does.
    @safe static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }
}
