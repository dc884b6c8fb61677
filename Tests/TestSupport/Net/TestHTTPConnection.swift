import Sockets

/// A connection of a test's HTTP server: reads requests one after the other, answers as it is told.
///
/// Confined to the server's loop.
package final class TestHTTPConnection: EventHandler {
    private let id: Int
    private let handler: TestHTTPServer.Handler
    private let onClose: () -> Void
    private var connection: Connection?
    private var received: [UInt8] = []
    private var unsent: [UInt8] = []
    private var closesWhenSent = false
    /// True if a request waits for its answer.
    package private(set) var isAnswering = false
    /// Requests that came by it.
    package private(set) var requests = 0
    /// Called once if the other side goes while a request waits for its answer.
    package var onGone: () -> Void = {}

    init(
        _ descriptor: Int32, id: Int, on loop: EventLoop,
        handler: @escaping TestHTTPServer.Handler, onClose: @escaping () -> Void
    ) {
        self.id = id
        self.handler = handler
        self.onClose = onClose
        connection = try? Connection(descriptor, on: loop, handler: self)
    }

    /// True if the other side is still there.
    package var isOpen: Bool { connection != nil }

    /// Reads or writes what can be.
    package func handle(_ ready: Readiness) {
        if !unsent.isEmpty { flush() }
        if !ready.isDisjoint(with: [.readable, .hungUp, .failed]) { receive() }
    }

    private func receive() {
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while let connection {
            switch part.withUnsafeMutableBytes({ connection.receive(into: $0) }) {
            case .bytes(let count): received += part[..<count]
            case .wouldBlock: return next()
            case .end, .failed:
                // A request that has come whole counts, also when nobody waits for the answer.
                next()
                return close()
            }
        }
    }

    private func next() {
        guard !isAnswering, let request = takeRequest() else { return }
        isAnswering = true
        requests += 1
        handler(request, self)
    }

    private func takeRequest() -> TestHTTPServer.Request? {
        let blank: [UInt8] = [13, 10, 13, 10]
        guard
            let end = received.indices.first(where: { received[$0...].starts(with: blank) })
        else { return nil }
        let lines = String(decoding: received[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        let start = end + blank.count
        guard words.count == 3, received.count >= start + length else { return nil }
        let body = Array(received[start..<(start + length)])
        received.removeFirst(start + length)
        return TestHTTPServer.Request(
            method: String(words[0]), path: String(words[1]), headers: headers, body: body,
            connection: id)
    }

    // MARK: - Answering

    /// Answers as a server should, and waits for the next request.
    package func answer(
        _ body: String, status: Int = 200, type: String = "application/json",
        headers: [String: String] = [:]
    ) {
        send(head(status, type, headers, length: body.utf8.count) + body)
        isAnswering = false
        next()
    }

    /// Promises a body and closes in the middle of it.
    package func answerHalf(_ body: String) {
        let whole = head(200, "application/json", [:], length: body.utf8.count) + body
        send(String(whole.prefix(whole.count - max(1, body.count / 2))), thenClose: true)
    }

    /// Closes in the middle of the head.
    package func answerHalfAHead() { send("HTTP/1.1 200 OK\r\nContent-Ty", thenClose: true) }

    private func head(
        _ status: Int, _ contentType: String, _ headers: [String: String], length: Int
    ) -> String {
        let more = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        return """
            HTTP/1.1 \(status) Status\r\nContent-Type: \(contentType)\r\n\
            Content-Length: \(length)\r\n\(more)\r\n
            """
    }

    /// Sends anything.
    package func send(_ text: String, thenClose: Bool = false) {
        send(Array(text.utf8), thenClose: thenClose)
    }

    /// Sends any bytes.
    package func send(_ bytes: [UInt8], thenClose: Bool = false) {
        guard connection != nil else { return }
        unsent += bytes
        closesWhenSent = thenClose
        flush()
    }

    private func flush() {
        while let connection, !unsent.isEmpty {
            guard case .bytes(let count) = unsent.withUnsafeBytes({ connection.send($0) }) else {
                connection.wait(for: [.readable, .writable])
                return
            }
            unsent.removeFirst(count)
        }
        if closesWhenSent { close() } else { connection?.wait(for: .readable) }
    }

    /// Closes it, whatever waits.
    package func close() {
        guard let connection else { return }
        self.connection = nil
        connection.close()
        onClose()
        let onGone = onGone
        self.onGone = {}
        if isAnswering { onGone() }
    }
}
