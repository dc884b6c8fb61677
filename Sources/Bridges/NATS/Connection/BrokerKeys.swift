import CNATS
import Glibc
import MessageBus

/// The checks of keys before they are used with a server.
enum BrokerKeys {
    /// The largest credentials file that is read, in bytes.
    private static let bound = 64 << 10

    /// Returns whether a text is a seed, with a valid checksum.
    static func isSeed(_ seed: String) -> Bool {
        var (signature, length): (UnsafeMutablePointer<UInt8>?, Int32) = (nil, 0)
        defer { unsafe free(signature) }
        return unsafe nats_Sign(seed, "puente", &signature, &length) == NATS_OK
    }

    /// Checks a credentials file.
    ///
    /// - Throws: `BridgeError` if it can't be read, or holds no user and seed.
    static func checkCredentials(at path: String) throws {
        guard let file = unsafe fopen(path, "re") else {
            throw BridgeError(unsafe "credentials \(path): \(String(cString: strerror(errno)))")
        }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: bound)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        let lines = String(decoding: bytes[..<count], as: UTF8.self)
            .split(whereSeparator: \.isNewline)
        let hasUser = lines.contains { $0.contains("BEGIN NATS USER JWT") }
        let seed = lines.firstIndex { $0.contains("BEGIN USER NKEY SEED") }
            .flatMap { lines.dropFirst($0 + 1).first }
        guard hasUser, let seed, isSeed(seed.trimmed) else {
            throw BridgeError(
                "credentials \(path): expected the .creds file of a user, with its JWT and its seed"
            )
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var rest = self
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
