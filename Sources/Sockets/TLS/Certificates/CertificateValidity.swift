import COpenSSL
import Glibc

/// The dates between which a certificate is valid, in seconds since 1970.
public struct CertificateValidity: Sendable, Equatable {
    /// The first second.
    public let start: Int64
    /// The last second.
    public let end: Int64

    /// Makes a span of time.
    public init(start: Int64, end: Int64) {
        self.start = start
        self.end = end
    }

    init(of certificate: OpaquePointer) {
        unsafe self.init(
            start: Self.seconds(X509_get0_notBefore(certificate)),
            end: Self.seconds(X509_get0_notAfter(certificate)))
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return unsafe Int64(timegm(&parts))
    }
}
