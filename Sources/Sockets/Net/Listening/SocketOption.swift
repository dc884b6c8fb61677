import Glibc

/// Options of sockets that are numbers.
enum SocketOption {
    /// Sets an option, and returns the call's result.
    @discardableResult
    static func set(
        _ name: Int32, _ value: Int32, _ level: Int32 = SOL_SOCKET, of descriptor: Int32
    ) -> Int32 {
        var value = value
        return unsafe setsockopt(
            descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Returns an option; `nil` if the socket does not have it.
    static func value(
        _ name: Int32, _ level: Int32 = SOL_SOCKET, of descriptor: Int32
    ) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, level, name, &value, &length) == 0 ? value : nil
    }
}
