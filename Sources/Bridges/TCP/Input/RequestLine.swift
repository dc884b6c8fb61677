import Sockets

/// A line as HTTP reads it: a method, a target, a version (RFC 9112, 3).
///
/// Valid as long as the line's bytes are.
@safe struct RequestLine {
    // Safe to name: it is read within its bounds only.
    @safe private let bytes: UnsafeRawBufferPointer
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
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    private static let proxied = ["tcp4 ", "tcp6 ", "unknown"]

    /// Parses a line, ignoring invisible bytes around it.
    @safe init(_ line: UnsafeRawBufferPointer) {
        var (start, end) = (0, line.count)
        // Blanks, controls, a byte order mark.
        while let byte = line.byte(at: start), byte <= 0x20 { start += 1 }
        while line.part(start...).begins(with: Self.byteOrderMark) { start += 3 }
        while end > start, let byte = line.byte(at: end - 1), byte <= 0x20 { end -= 1 }
        let bytes = line.part(start..<end)
        self.bytes = unsafe bytes
        let behind = line.byte(at: end)
        endsInBlank = behind == 0x20 || behind == 0x09
        func next(from start: Int, while condition: (UInt8) -> Bool) -> Int {
            var index = start
            while let byte = bytes.byte(at: index), condition(byte) { index += 1 }
            return index
        }
        methodEnd = next(from: 0, while: Self.isToken)
        targetStart = next(from: methodEnd) { $0 <= 0x20 }
        targetEnd = next(from: targetStart) { $0 > 0x20 }
        var last = bytes.count
        while let byte = bytes.byte(at: last - 1), byte > 0x20 { last -= 1 }
        lastWordStart = last
    }

    /// The method in lower case; empty if there is none, or if nothing follows.
    var method: String {
        guard methodEnd <= Self.maxMethodBytes, targetStart > methodEnd else { return "" }
        return lowercased(0..<methodEnd)
    }

    /// True if the line is a request: one with a version, or one that can't mean anything else.
    var isRequest: Bool {
        // A response, which no chat client sends.
        if hasPrefix("http/"), isDigit(at: 5) { return true }
        guard targetStart > methodEnd, methodEnd > 0, targetEnd > targetStart else { return false }
        let isKnown = Self.methods.contains(method)
        if hasVersion {
            let isShort = lastWordStart == nextWord(after: targetEnd)
            return isKnown || hasTarget
                || isShort && bytes.byte(at: targetEnd - 1) != UInt8(ascii: ":")
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

    /// True if the line is a header of a request whose first line was lost: a header whose name is
    /// nobody's name, or whose value nobody says.
    var isHeader: Bool {
        guard methodEnd > 0, methodEnd <= Self.maxMethodBytes,
            bytes.byte(at: methodEnd) == UInt8(ascii: ":")
        else { return false }
        let name = lowercased(0..<methodEnd)
        if Self.headers.contains(where: name.hasPrefix) { return true }
        let value = bytes.part(nextWord(after: methodEnd + 1)...)
        switch name {
        case "host":
            let isAddress = [".", ":"].contains { value.offset(of: UInt8(ascii: $0)) != nil }
            return value.offset(of: 0x20) == nil
                && (isAddress || Self.lowercased(value) == "localhost")
        case "cookie": return value.offset(of: UInt8(ascii: "=")) != nil
        default: return false
        }
    }

    /// Beginnings of header names, without those that may be somebody's name.
    private static let headers = [
        "accept-", "authorization", "cache-control", "content-", "if-modified", "if-none",
        "keep-alive", "proxy-", "referer", "sec-", "transfer-encoding", "upgrade-insecure",
        "user-agent", "x-forwarded-", "x-requested-",
    ]

    /// True if the line may become a request when more of it comes.
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

    /// True if the first word is in capitals, like the methods that are not known here.
    private var isShouted: Bool {
        unsafe bytes.part(..<methodEnd).allSatisfy { $0 &- 0x41 < 26 }
    }

    /// True if the second word is a path, an asterisk, an address, or a host and a port.
    var hasTarget: Bool {
        guard targetStart > methodEnd, targetStart < targetEnd else { return false }
        let target = bytes.part(targetStart..<targetEnd)
        if [UInt8(ascii: "/"), UInt8(ascii: "*")].contains(target.byte(at: 0)) { return true }
        guard let colon = target.offset(of: UInt8(ascii: ":")), colon > 0,
            let next = target.byte(at: colon + 1)
        else { return false }
        return next == UInt8(ascii: "/") || next &- 0x30 < 10
            || Self.lowercased(target.part(..<colon)) == "sip"
    }

    /// True if the last word is a version.
    var hasVersion: Bool {
        guard targetStart > methodEnd, lastWordStart >= targetStart,
            let slash = bytes.offset(of: UInt8(ascii: "/"), from: lastWordStart)
        else { return false }
        return isDigit(at: slash + 1) && slash - lastWordStart <= 4
            && Self.protocols.contains(lowercased(lastWordStart..<slash))
    }

    /// True if the line is how a client of a mail server begins (RFC 5321, 4.1.1).
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

    /// Returns whether the line begins with a word, in any case; the argument is in lower case.
    func hasPrefix(_ word: String) -> Bool {
        unsafe bytes.count >= word.utf8.count
            && zip(bytes, word.utf8).allSatisfy { Self.lowercased($0) == $1 }
    }

    /// Returns whether there is a digit at an index.
    func isDigit(at index: Int) -> Bool {
        bytes.byte(at: index).map { $0 &- 0x30 < 10 } ?? false
    }

    private func nextWord(after end: Int) -> Int {
        var index = end
        while let byte = bytes.byte(at: index), byte <= 0x20 { index += 1 }
        return index
    }

    private func lowercased(_ range: Range<Int>) -> String { Self.lowercased(bytes.part(range)) }

    @safe private static func lowercased(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: unsafe bytes.map(lowercased), as: UTF8.self)
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
