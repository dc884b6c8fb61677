/// A line as HTTP reads it: a method, a target, a version (RFC 9112, 3).
struct RequestLine {
    private let bytes: UnsafeRawBufferPointer
    private let methodEnd: Int
    private let targetStart: Int
    private let targetEnd: Int
    private let lastWordStart: Int
    /// True if a blank follows the visible text.
    private let endsInBlank: Bool

    /// Protocols with request lines.
    private static let protocols = ["http", "rtsp", "sip", "icap"]
    /// Methods that are recognised without a version after the target, as in HTTP/0.9.
    private static let methods = [
        "get", "head", "post", "put", "delete", "options", "trace", "connect", "patch", "pri",
        "propfind",
    ]
    /// First words of clients of other protocols that may arrive in pieces.
    private static let openings =
        methods + ["ssh-", "ehlo", "helo", "lhlo", "starttls", "mail", "rcpt"]
    private static let maxMethodBytes = 32
    private static let proxied = ["tcp4 ", "tcp6 ", "unknown"]

    /// Parses a line, ignoring invisible bytes around it.
    @safe init(_ line: UnsafeRawBufferPointer) {
        var (start, end) = (0, line.count)
        // Blanks, controls, a byte order mark.
        while start < end, line[start] <= 0x20 { start += 1 }
        while end - start > 2, line[start] == 0xEF, line[start + 1] == 0xBB, line[start + 2] == 0xBF
        {
            start += 3
        }
        while end > start, line[end - 1] <= 0x20 { end -= 1 }
        let bytes = UnsafeRawBufferPointer(rebasing: line[start..<end])
        self.bytes = bytes
        endsInBlank = end < line.count && (line[end] == 0x20 || line[end] == 0x09)
        func next(from start: Int, while condition: (UInt8) -> Bool) -> Int {
            var index = start
            while index < bytes.count, condition(bytes[index]) { index += 1 }
            return index
        }
        methodEnd = next(from: 0, while: Self.isToken)
        targetStart = next(from: methodEnd) { $0 <= 0x20 }
        targetEnd = next(from: targetStart) { $0 > 0x20 }
        var last = bytes.count
        while last > 0, bytes[last - 1] > 0x20 { last -= 1 }
        lastWordStart = last
    }

    /// The method in lower case; empty if there is none, or if nothing follows.
    var method: String {
        guard methodEnd <= Self.maxMethodBytes, targetStart > methodEnd else { return "" }
        return lowercased(0..<methodEnd)
    }

    /// True if it is a request: with a version, or without if it can't mean anything else.
    var isRequest: Bool {
        // A response, which no chat client sends.
        if hasPrefix("http/"), isDigit(at: 5) { return true }
        guard targetStart > methodEnd, methodEnd > 0, targetEnd > targetStart else { return false }
        let isKnown = Self.methods.contains(method)
        if hasVersion {
            let isShort = lastWordStart == nextWord(after: targetEnd)
            return isKnown || hasTarget || isShort && bytes[targetEnd - 1] != UInt8(ascii: ":")
        }
        return isKnown && hasTarget
    }

    /// True if it is a PROXY header of version 1.
    var isProxyHeader: Bool {
        let rest = bytes.count - targetStart
        return method == "proxy"
            && Self.proxied.contains { word in
                rest >= word.utf8.count
                    && lowercased(targetStart..<(targetStart + word.utf8.count)) == word
            }
    }

    /// True if it is a header of a request whose first line was lost: one that is nobody's name, or
    /// has a value that nobody says.
    var isHeader: Bool {
        guard methodEnd > 0, methodEnd < bytes.count, methodEnd <= Self.maxMethodBytes,
            bytes[methodEnd] == UInt8(ascii: ":")
        else { return false }
        let name = lowercased(0..<methodEnd)
        if Self.headers.contains(where: name.hasPrefix) { return true }
        let value = bytes[methodEnd...].dropFirst().drop { $0 <= 0x20 }
        switch name {
        case "host":
            let isAddress = value.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
            return !value.contains(0x20)
                && (isAddress || lowercased(value.startIndex..<value.endIndex) == "localhost")
        case "cookie": return value.contains(UInt8(ascii: "="))
        default: return false
        }
    }

    /// Beginnings of header names, without those that may be somebody's name.
    private static let headers = [
        "accept-", "authorization", "cache-control", "content-", "if-modified", "if-none",
        "keep-alive", "proxy-", "referer", "sec-", "transfer-encoding", "upgrade-insecure",
        "user-agent", "x-forwarded-", "x-requested-",
    ]

    /// True if it may become a request if more comes.
    var mayBecomeRequest: Bool {
        if methodEnd == bytes.count {
            guard methodEnd > 0, methodEnd <= Self.maxMethodBytes else { return false }
            let word = lowercased(0..<methodEnd)
            if endsInBlank { return isShouted || Self.methods.contains(word) }
            return Self.openings.contains { $0.hasPrefix(word) }
        }
        guard targetStart > methodEnd, methodEnd > 0 else { return false }
        return hasTarget || Self.methods.contains(method)
    }

    /// True if the first word is in capitals, as methods unknown here are.
    private var isShouted: Bool { (0..<methodEnd).allSatisfy { bytes[$0] &- 0x41 < 26 } }

    /// True if the second word is a path, an asterisk, an address, or a host and a port.
    var hasTarget: Bool {
        guard targetStart > methodEnd, targetStart < targetEnd else { return false }
        if [UInt8(ascii: "/"), UInt8(ascii: "*")].contains(bytes[targetStart]) { return true }
        let colon = bytes[targetStart..<targetEnd].firstIndex(of: UInt8(ascii: ":"))
        guard let colon, colon > targetStart, colon + 1 < targetEnd else { return false }
        let next = bytes[colon + 1]
        return next == UInt8(ascii: "/") || next &- 0x30 < 10
            || lowercased(targetStart..<colon) == "sip"
    }

    /// True if the last word is a version.
    var hasVersion: Bool {
        guard targetStart > methodEnd, lastWordStart >= targetStart,
            let slash = bytes[lastWordStart...].firstIndex(of: UInt8(ascii: "/"))
        else { return false }
        return isDigit(at: slash + 1) && slash - lastWordStart <= 4
            && Self.protocols.contains(lowercased(lastWordStart..<slash))
    }

    /// True if a client of a mail server begins so (RFC 5321, 4.1.1).
    var isMailCommand: Bool {
        let word = lowercased(0..<min(methodEnd, Self.maxMethodBytes))
        switch word {
        case "ehlo", "helo", "lhlo": return methodEnd == bytes.count || targetStart > methodEnd
        case "starttls": return methodEnd == bytes.count
        case "mail": return hasPrefix("mail from:")
        case "rcpt": return hasPrefix("rcpt to:")
        default: return false
        }
    }

    /// Returns whether it begins with a word, in any case; the word is given in lower case.
    func hasPrefix(_ word: String) -> Bool {
        bytes.count >= word.utf8.count
            && zip(bytes, word.utf8).allSatisfy { Self.lowercased($0) == $1 }
    }

    /// Returns whether there is a digit at an index.
    func isDigit(at index: Int) -> Bool { index < bytes.count && bytes[index] &- 0x30 < 10 }

    private func nextWord(after end: Int) -> Int {
        var index = end
        while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
        return index
    }

    private func lowercased(_ range: Range<Int>) -> String {
        String(decoding: bytes[range].map(Self.lowercased), as: UTF8.self)
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D,
            0x2E:
            true
        default: false
        }
    }
}
