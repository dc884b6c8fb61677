import CCurl
import Glibc

/// The host name and the port of a URL.
struct HTTPHost: Hashable, Sendable {
    let name: String
    let port: UInt16

    /// The name without a final dot, as curl may look it up.
    var nameWithoutDot: String { name.hasSuffix(".") ? String(name.dropLast()) : name }
}

extension HTTPHost {
    /// The destination of a request.
    enum Endpoint {
        /// A host whose addresses must be resolved.
        case named(HTTPHost)
        /// An IP address, or no host: nothing to resolve.
        case known
        /// The URL can't be parsed.
        case invalid

        /// Parses a URL as curl does.
        init(_ url: String, isProxy: Bool) {
            self = .invalid
            guard let parts = unsafe curl_url() else { return }
            defer { unsafe curl_url_cleanup(parts) }
            let flags = UInt32(CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME)
            guard unsafe curl_url_set(parts, CURLUPART_URL, url, flags) == CURLUE_OK else { return }
            guard let name = unsafe Self.text(of: parts, CURLUPART_HOST), !name.isEmpty else {
                self = .known
                return
            }
            // A proxy's port has a default of its own, whatever the scheme.
            let found = unsafe Self.text(
                of: parts, CURLUPART_PORT, isProxy ? 0 : CURLU_DEFAULT_PORT)
            var address = in_addr()
            if unsafe name.hasPrefix("[") || inet_pton(AF_INET, name, &address) == 1 {
                self = .known
            } else if name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }),
                let port = UInt16(found ?? (isProxy ? "1080" : ""))
            {
                self = .named(HTTPHost(name: name, port: port))
            }
        }

        private static func text(
            of parts: OpaquePointer, _ part: CURLUPart, _ flags: Int32 = 0
        ) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(parts, part, &text, UInt32(flags)) == CURLUE_OK,
                let text = unsafe text
            else {
                return nil
            }
            defer { unsafe curl_free(text) }
            return unsafe String(cString: text)
        }
    }
}
