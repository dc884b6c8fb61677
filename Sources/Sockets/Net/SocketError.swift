import Glibc

/// A system call that failed, as a sentence: `bind 0.0.0.0:2000: address already in use`.
public struct SocketError: Error, CustomStringConvertible, Equatable, Sendable {
    /// The attempted action.
    public let action: String
    /// The `errno`, or 0 if the reason is a sentence of its own.
    public let code: Int32
    /// The sentence's second half.
    public let reason: String

    /// Makes an error from `errno`, which must not have changed since the call.
    public init(_ action: @autoclosure () -> String, errno code: Int32 = errno) {
        // The sentence is built after `errno` is read, because building it may call the kernel.
        self.action = action()
        self.code = code
        let words = unsafe String(cString: strerror(code)).lowercasingFirst
        reason =
            code == EMFILE
            ? "\(words) (\(Descriptors.limit) are allowed: ulimit -n, LimitNOFILE=)" : words
    }

    /// Makes an error with a reason of its own.
    public init(_ action: String, reason: String) {
        self.action = action
        self.reason = reason
        code = 0
    }

    /// True if this machine has no such address: IPv6 may be off although a name resolves to it.
    public var meansNoSuchAddress: Bool { [EADDRNOTAVAIL, EAFNOSUPPORT].contains(code) }

    /// The sentence.
    public var description: String { "\(action): \(reason)" }
}

extension String {
    fileprivate var lowercasingFirst: String { prefix(1).lowercased() + dropFirst() }
}
