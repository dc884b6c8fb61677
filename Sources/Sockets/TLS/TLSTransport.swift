import COpenSSL
import Glibc

/// The memory by which the TLS sessions of a loop receive and send: one for all of them, because
/// they are served one after the other.
///
/// Confined to the loop.
public final class TLSTransport {
    /// Bytes received at once at most.
    static let receiveSize = 48 << 10

    /// OpenSSL's way to read and write, shared by all sessions.
    let bio: OpaquePointer
    /// Memory for received bytes that are encrypted.
    let storage = UnsafeMutableRawBufferPointer.allocate(
        byteCount: TLSTransport.receiveSize, alignment: 16)
    /// Received bytes of the session being served that OpenSSL has not taken yet.
    var input = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The session being served.
    private unowned(unsafe) var current: TLSSession?

    private let method: OpaquePointer

    /// Makes a transport.
    ///
    /// - Throws: `TLSError` if there is no memory.
    public init() throws(TLSError) {
        _ = puente_ssl_start()
        guard
            let method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "puente"),
            let bio = BIO_new(method)
        else {
            storage.deallocate()
            throw TLSError(openSSL: "TLS")
        }
        self.method = method
        self.bio = bio
        BIO_meth_set_read_ex(method, readInput)
        BIO_meth_set_write_ex(method, writeOutput)
        BIO_meth_set_ctrl(method, control)
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
    }

    deinit {
        BIO_free(bio)
        BIO_meth_free(method)
        storage.deallocate()
    }

    /// Calls a function of OpenSSL's, which reads and writes for a session meanwhile.
    @inline(__always)
    func serving<Result>(_ session: TLSSession, _ body: () -> Result) -> Result {
        current = session
        defer { current = nil }
        return body()
    }

    fileprivate func read(into bytes: UnsafeMutableRawPointer, count: Int) -> Int {
        let count = min(count, input.count)
        guard count > 0, let source = input.baseAddress else { return 0 }
        memcpy(bytes, source, count)
        input = UnsafeRawBufferPointer(rebasing: input[count...])
        return count
    }

    fileprivate func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        current?.sendEncrypted(bytes) ?? false
    }

    fileprivate static func of(_ bio: OpaquePointer?) -> TLSTransport? {
        BIO_get_data(bio).map { Unmanaged<TLSTransport>.fromOpaque($0).takeUnretainedValue() }
    }
}

private func readInput(
    _ bio: OpaquePointer?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int,
    _ read: UnsafeMutablePointer<Int>?
) -> Int32 {
    guard let bytes, let read, let transport = TLSTransport.of(bio) else { return 0 }
    puente_bio_clear_retry(bio)
    read.pointee = transport.read(into: bytes, count: count)
    if read.pointee > 0 { return 1 }
    puente_bio_retry_read(bio)
    return 0
}

private func writeOutput(
    _ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int,
    _ written: UnsafeMutablePointer<Int>?
) -> Int32 {
    guard let written, let transport = TLSTransport.of(bio) else { return 0 }
    puente_bio_clear_retry(bio)
    guard transport.write(UnsafeRawBufferPointer(start: bytes, count: count)) else { return 0 }
    written.pointee = count
    return 1
}

/// Knows only the request to flush, which succeeds: nothing is kept back.
private func control(
    _: OpaquePointer?, _ command: Int32, _: Int, _: UnsafeMutableRawPointer?
) -> Int { command == BIO_CTRL_FLUSH ? 1 : 0 }
