import COpenSSL

/// A certificate, a key or a library call that failed, as a sentence:
/// `certificate.pem: holds no certificate in PEM format`.
public struct TLSError: Error, CustomStringConvertible, Equatable, Sendable {
    /// The file or the action.
    public let subject: String
    /// The sentence's second half.
    public let reason: String

    /// Makes an error.
    public init(_ subject: String, _ reason: String) {
        self.subject = subject
        self.reason = reason
    }

    /// The sentence.
    public var description: String { "\(subject): \(reason)" }

    /// Makes an error with the reason that OpenSSL gave last.
    init(openSSL subject: String) { self.init(subject, Self.lastReason) }

    /// The reason of OpenSSL's last error on this thread, in its words; all its errors are
    /// forgotten.
    static var lastReason: String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        if code == 0 { return "OpenSSL gives no reason" }
        return unsafe String(lent: ERR_reason_error_string(code)) ?? "OpenSSL error \(code)"
    }
}
