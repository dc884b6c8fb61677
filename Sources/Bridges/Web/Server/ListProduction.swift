import Chat
import MessageBus
import Sockets

/// The production of lists of earlier messages, limited in number for each address and in all, and
/// piece by piece, so that people who chat meanwhile need not wait.
///
/// Confined to the bus's loop.
final class ListProduction: @unchecked Sendable {  // touched on the loop only
    /// One list's permit, held from the request to the store until its client has taken the answer:
    /// the permit is free as soon as nobody holds it.
    ///
    /// Confined to the bus's loop, which `ListProduction` checks, except for its release: a
    /// cancelled task ends anywhere.
    final class Permit: @unchecked Sendable {  // touched on the loop only
        fileprivate let host: HostKey?
        /// Bytes that wait for the client; `nil` while the list is produced.
        fileprivate var bytes: Int?
        fileprivate var isGranted = false
        private weak var production: ListProduction?

        fileprivate init(_ host: HostKey?, of production: ListProduction) {
            self.host = host
            self.production = production
        }

        deinit {
            guard isGranted, let production else { return }
            production.loop.perform { [host, bytes] in production.free(host, bytes) }
        }
    }

    private struct Waiter {
        let permit: Permit
        let continuation: CheckedContinuation<Void, Never>
    }

    private let loop: EventLoop
    /// The tasks that wait for a permit, in order.
    private var waiting: [Waiter] = []
    /// The tasks that go on in another turn.
    private var paused: [CheckedContinuation<Void, Never>] = []
    private var countByHost: [HostKey?: Int] = [:]
    private var producing = 0
    /// Bytes of the lists that clients have not taken yet.
    private var bytes = 0

    /// Lists that are produced at a time.
    private static let maxCount = 16
    /// The most lists of one address that are being produced or not taken yet.
    private static let maxPerHost = 4
    /// Bytes of lists not taken yet beyond which no new list is begun: as much as those of `tcp`
    /// may hold.
    private static let maxBytes = 64 << 20
    /// Bytes of a piece: some tens of microseconds.
    private static let pieceBytes = 32 << 10
    /// Pieces in a turn.
    private static let piecesPerTurn = 4

    init(on loop: EventLoop) { self.loop = loop }

    // MARK: - Permits

    /// Waits for a permit.
    ///
    /// - Throws: `CancellationError` if the list is no longer wanted.
    func begin(for host: HostKey?, _ bus: isolated Bus) async throws -> Permit {
        let permit = Permit(host, of: self)
        if isFree(for: host), !waiting.contains(where: { $0.permit.host == host }) {
            grant(permit)
        } else {
            await withCheckedContinuation {
                waiting.append(Waiter(permit: permit, continuation: $0))
            }
        }
        try Task.checkCancellation()
        // Fetching takes as long as producing a piece.
        try await pause(bus)
        return permit
    }

    private func isFree(for host: HostKey?) -> Bool {
        producing < Self.maxCount && bytes < Self.maxBytes
            && countByHost[host, default: 0] < Self.maxPerHost
    }

    private func grant(_ permit: Permit) {
        permit.isGranted = true
        producing += 1
        countByHost[permit.host, default: 0] += 1
    }

    /// Records that a list is produced, and waits for its client.
    func record(_ permit: Permit, bytes count: Int) {
        guard permit.bytes == nil else { return }
        permit.bytes = count
        bytes += count
        producing -= 1
        letIn()
    }

    private func free(_ host: HostKey?, _ waiting: Int?) {
        if let waiting { bytes -= waiting } else { producing -= 1 }
        let count = countByHost[host, default: 1] - 1
        countByHost[host] = count > 0 ? count : nil
        letIn()
    }

    private func letIn() {
        loop.assertOwned()
        var index = 0
        while index < waiting.count, producing < Self.maxCount, bytes < Self.maxBytes {
            guard isFree(for: waiting[index].permit.host) else {
                index += 1
                continue
            }
            let waiter = waiting.remove(at: index)
            grant(waiter.permit)
            waiter.continuation.resume()
        }
    }

    // MARK: - Turns

    /// Waits for another turn of the loop.
    ///
    /// - Throws: `CancellationError` if the list is no longer wanted.
    func pause(_ bus: isolated Bus) async throws {
        await withCheckedContinuation { paused.append($0) }
        try Task.checkCancellation()
    }

    /// Resumes some of the tasks that wait for another turn.
    ///
    /// Called at the end of each turn.
    func resumePaused() {
        let next = paused.prefix(Self.piecesPerTurn)
        paused.removeFirst(next.count)
        for continuation in next { continuation.resume() }
        // The others go on in the next turn, which begins once these have run.
        if !paused.isEmpty { loop.requestTurnIfEnding() }
    }

    /// Appends messages as the elements of a list, piece by piece.
    func append(_ messages: [Message], to json: inout [UInt8], _ bus: isolated Bus) async throws {
        var pieceStart = json.count
        for (index, message) in messages.enumerated() {
            if index > 0 { json.append(UInt8(ascii: ",")) }
            WebEventEncoder.appendListed(message, to: &json)
            guard json.count - pieceStart >= Self.pieceBytes else { continue }
            try await pause(bus)
            pieceStart = json.count
        }
    }
}
