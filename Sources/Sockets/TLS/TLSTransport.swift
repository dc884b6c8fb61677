import COpenSSL
import Glibc

/// The memory through which the TLS sessions of a loop receive and send: one for all of them,
/// because they are served one after the other.
///
/// Confined to the loop, which `Connection` checks.
///
/// It owns its storage, and the object that it has from OpenSSL.
@safe public final class TLSTransport {
    /// Bytes received at once at most.
    static let receiveSize = 48 << 10

    /// No bytes.
    static var nothing: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// OpenSSL's way to read and write, shared by all sessions.
    let bio: OpaquePointer
    /// Memory for received bytes that are encrypted.
    let storage = UnsafeMutableRawBufferPointer.allocate(
        byteCount: TLSTransport.receiveSize, alignment: 16)
    /// Received bytes of the session being served that OpenSSL has not taken yet.
    ///
    /// Empty between two calls.
    var input = unsafe TLSTransport.nothing
    /// The session being served.
    private unowned(unsafe) var current: TLSSession?

    private let method: OpaquePointer

    /// Makes a transport.
    ///
    /// - Throws: `TLSError` if there is no memory.
    public init() throws(TLSError) {
        _ = puente_ssl_start()
        guard
            let method = unsafe BIO_meth_new(BIO_TYPE_SOURCE_SINK, "puente"),
            let bio = unsafe BIO_new(method)
        else {
            unsafe storage.deallocate()
            throw TLSError(openSSL: "TLS")
        }
        unsafe self.method = method
        unsafe self.bio = bio
        unsafe BIO_meth_set_read_ex(method, readInput)
        unsafe BIO_meth_set_write_ex(method, writeOutput)
        unsafe BIO_meth_set_ctrl(method, control)
        unsafe BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        unsafe BIO_set_init(bio, 1)
    }

    deinit {
        unsafe BIO_free(bio)
        unsafe BIO_meth_free(method)
        unsafe storage.deallocate()
    }

    /// Calls a function of OpenSSL's, which reads and writes for a session meanwhile.
    @inline(__always)
    func serving<Result>(_ session: TLSSession, _ body: () -> Result) -> Result {
        unsafe current = session
        defer { unsafe current = nil }
        return body()
    }

    fileprivate func read(into bytes: UnsafeMutableRawPointer, count: Int) -> Int {
        let count = unsafe min(count, input.count)
        guard count > 0, let source = unsafe input.baseAddress else { return 0 }
        unsafe memcpy(bytes, source, count)
        unsafe input.removeBeginning(count)
        return count
    }

    @safe fileprivate func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe current?.sendEncrypted(bytes) ?? false
    }

    fileprivate static func of(_ bio: OpaquePointer?) -> TLSTransport? {
        unsafe BIO_get_data(bio).map {
            unsafe Unmanaged<TLSTransport>.fromOpaque($0).takeUnretainedValue()
        }
    }
}

private func readInput(
    _ bio: OpaquePointer?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int,
    _ read: UnsafeMutablePointer<Int>?
) -> Int32 {
    guard let bytes = unsafe bytes, let read = unsafe read,
        let transport = unsafe TLSTransport.of(bio)
    else { return 0 }
    unsafe puente_bio_clear_retry(bio)
    unsafe read.pointee = transport.read(into: bytes, count: count)
    if unsafe read.pointee > 0 { return 1 }
    unsafe puente_bio_retry_read(bio)
    return 0
}

private func writeOutput(
    _ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int,
    _ written: UnsafeMutablePointer<Int>?
) -> Int32 {
    guard let written = unsafe written, let transport = unsafe TLSTransport.of(bio) else {
        return 0
    }
    unsafe puente_bio_clear_retry(bio)
    guard unsafe transport.write(UnsafeRawBufferPointer(start: bytes, count: count)) else {
        return 0
    }
    unsafe written.pointee = count
    return 1
}

/// Knows only the request to flush, which succeeds: nothing is kept back.
private func control(
    _: OpaquePointer?, _ command: Int32, _: Int, _: UnsafeMutableRawPointer?
) -> Int { command == BIO_CTRL_FLUSH ? 1 : 0 }
