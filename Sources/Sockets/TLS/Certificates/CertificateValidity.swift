import COpenSSL
import Glibc

/// The dates between which a certificate is valid, to the second.
public struct CertificateValidity: Sendable, Equatable {
    /// The first second.
    public let start: Timestamp
    /// The last second.
    public let end: Timestamp

    /// Makes a span of time.
    public init(start: Timestamp, end: Timestamp) {
        self.start = start
        self.end = end
    }

    init(of certificate: OpaquePointer) {
        unsafe self.init(
            start: Self.time(X509_get0_notBefore(certificate)),
            end: Self.time(X509_get0_notAfter(certificate)))
    }

    private static func time(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return .epoch }
        return unsafe Timestamp(milliseconds: Int64(timegm(&parts)) * 1_000)
    }
}
