import Foundation
import MessageBus

/// A durable bridge to two directories: every file in one becomes a message, every message of the
/// room becomes a file in the other.
///
/// Programs put files in by renaming them into place, under names that rise.
struct Spool: Bridge {
    struct Options: PluginOptions {
        @Option("The directory whose files are brought in, in the order of their names.")
        var incoming: String
        @Option("The directory that gets a file for each message.")
        var outgoing: String
        @Option("The interval at which new files are looked for.", in: .milliseconds(100)...)
        var every = Duration.seconds(1)
    }

    private let incoming: URL
    private let outgoing: URL
    private let every: Duration
    /// The clock that it waits by; tests bring their own.
    var clock: any Clock<Duration> = ContinuousClock()

    init(_ options: Options, _ context: Context) {
        incoming = URL(filePath: context.path(options.incoming))
        outgoing = URL(filePath: context.path(options.outgoing))
        every = options.every
    }

    func run(_ port: Port) async throws {
        for directory in [incoming, outgoing] {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
        }
        try await port.beginDeliveries(in: port.room)
        await port.ready()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await bringIn(port)
                return false
            }
            group.addTask {
                try await takeOut(port)
                return true
            }
            // The bus stops: first nothing more comes in, then everything has gone out.
            while let isDone = try await group.next(), !isDone {}
            group.cancelAll()
        }
    }

    /// Publishes new files, and in the same transaction the name of the last of them.
    ///
    /// A crash keeps both or neither, so that each file is in the log exactly once.
    private func bringIn(_ port: Port) async throws {
        let kept = try await port.checkpoint("incoming") ?? []
        var last = String(decoding: kept, as: UTF8.self)
        while await !port.isStopping {
            let names = try FileManager.default.contentsOfDirectory(atPath: incoming.path())
                .filter { $0 > last }.sorted().prefix(100)
            if let newest = names.last {
                let drafts = try names.map { name in
                    let bytes = try Data(contentsOf: incoming.appending(path: name))
                    return Draft(String(decoding: bytes, as: UTF8.self), from: "spool")
                }
                let reached = Checkpoint(key: "incoming", state: Array(newest.utf8))
                do {
                    try await port.publish(drafts, checkpoint: reached)
                } catch PortError.stopped {
                    return  // Nothing is lost: the next run reads these files again.
                }
                last = newest
            }
            do { try await clock.sleep(for: every) } catch { return }
        }
    }

    /// Writes a file for each message, then moves the stored cursor behind it.
    ///
    /// After a crash between the two the message comes again. The file's name is the message's
    /// number, so it is written over the same file.
    private func takeOut(_ port: Port) async throws {
        for try await delivery in port.deliveries(in: port.room) {
            let message = delivery.message
            let file = outgoing.appending(path: "\(message.deletedNumber ?? message.number).txt")
            switch message.kind {
            case .message, .edit:
                let text = "\(message.sender.name): \(message.text)\n"
                try Data(text.utf8).write(to: file, options: .atomic)
                try await delivery.acknowledge(as: file.lastPathComponent)
            case .deletion:
                try? FileManager.default.removeItem(at: file)
                try await delivery.acknowledge()
            case .join, .leave, .rename: try await delivery.acknowledge()
            }
        }
    }
}
