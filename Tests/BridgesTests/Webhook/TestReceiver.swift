import JSON
import Locking
import MessageBus
import TestSupport

/// A receiver of messages that fails in whatever way it is told to, and writes down what it was
/// sent.
///
/// Safe from any thread.
final class TestReceiver: Sendable {
    /// The treatment of one request.
    enum Treatment: Sendable {
        case status(Int, [String: String] = [:], String = "")
        /// The connection is closed, whether the request was read or not.
        case close
        /// A part of the head comes, and the connection is closed.
        case halfHead
        /// A part of the body comes, and the connection is closed.
        case halfBody
        /// Nothing ever comes.
        case silence
        /// So many bytes of a body come.
        case long(Int)
        /// Bytes come that are no HTTP.
        case rubbish
    }

    /// The requests that have come, and the treatments of those that will.
    private final class Record: Sendable {
        let treatments: Locked<[Treatment]>
        let requests = Locked<[TestHTTPServer.Request]>([])
        let arrived = AsyncSignal()

        init(_ treatments: [Treatment]) { self.treatments = Locked(treatments) }

        func add(_ request: TestHTTPServer.Request) -> Treatment {
            requests.withLock { $0.append(request) }
            arrived.send()
            return treatments.withLock { $0.isEmpty ? .status(200) : $0.removeFirst() }
        }
    }

    private let record: Record
    private let server: TestHTTPServer

    /// Opens a receiver that takes everything once the treatments are used up.
    init(_ treatments: [Treatment] = []) throws {
        let record = Record(treatments)
        self.record = record
        server = try TestHTTPServer { request, connection in
            Self.treat(connection, record.add(request))
        }
    }

    private static func treat(_ connection: TestHTTPConnection, _ treatment: Treatment) {
        switch treatment {
        case .status(let status, let headers, let body):
            connection.answer(body, status: status, type: "text/plain", headers: headers)
        case .close: connection.close()
        case .halfHead:
            connection.send(Array("HTTP/1.1 200 OK\r\nContent-Le".utf8), thenClose: true)
        case .halfBody: connection.answerHalf("this is a body")
        case .silence: break
        case .long(let count):
            connection.answer(
                String(repeating: "x", count: count), status: 200, type: "text/plain")
        case .rubbish:
            connection.send(Array("\u{0}\u{1}220 not HTTP\r\n\r\n".utf8), thenClose: true)
        }
    }

    /// `http://127.0.0.1:PORT`.
    var url: String { server.url }

    /// The requests up to now.
    var requests: [TestHTTPServer.Request] { record.requests.withLock { $0 } }
    /// Their bodies, as text.
    var bodies: [String] { requests.map { $0.body.text } }
    /// The texts of messages in them, in lists too.
    var texts: [String] {
        requests.flatMap { request -> [String] in
            guard let json = JSONReader.read(request.body) else { return [] }
            let values = json.elements.isEmpty ? [json] : json.elements
            return values.compactMap { $0["text"].string }
        }
    }

    /// Returns the requests once there are so many.
    func requests(_ count: Int) async throws -> [TestHTTPServer.Request] {
        while true {
            let requests = requests
            if requests.count >= count { return requests }
            try await record.arrived.wait()
        }
    }
}
