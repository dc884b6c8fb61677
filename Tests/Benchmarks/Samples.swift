import MessageBus
import TestSupport

/// The lines that are said in the benchmarks.
enum Samples {
    /// Plain ASCII; `ana: ` in front of it and the ending make a line of 70 bytes.
    static let plain = "hola a todos, hoy es un dia muy bonito para pasear por la playa!"
    /// As people in Spain write: two letters that are not ASCII.
    static let spanish = "hola a todos, mañana será un día muy bonito para ir a la playa!"

    /// As much as the tcp bridge reads in one go, in lines of 70 bytes, and no half line.
    static let read: [UInt8] = {
        let line = Array("ana: \(plain)\n".utf8)
        return (0..<(64 << 10) / line.count).flatMap { _ in line }
    }()

    /// Lines in `read`.
    static let linesInRead = read.count(where: { $0 == UInt8(ascii: "\n") })

    /// A batch of one sender's messages.
    ///
    /// - Parameter areDifferent: whether no two of them say the same.
    static func batch(_ text: String = plain, count: Int = 256, areDifferent: Bool = false) -> Batch
    {
        let sender = Sender.make()
        return .make(
            (0..<count).map { .make(areDifferent ? "\($0) \(text)" : text, by: sender) })
    }

    /// A batch as the tcp bridge makes it of a read: the texts stand where they were read, between
    /// `NAME: ` and an LF.
    static func framedBatch() -> Batch {
        let batch = Batch(room: "general", capacity: linesInRead, bytes: read.count)
        _ = read.withUnsafeBytes { batch.arena.storage.append($0) }
        let sender = Sender.make()
        let length = read.count / linesInRead
        let prefix = sender.prefix.count
        for index in 0..<linesInRead {
            var header = MessageHeader()
            header.connectionID = 1
            header.flags.insert(.framed)
            header.place(at: index * length + prefix, count: length - prefix - 1)
            batch.arena.append(placed: header, sender: sender, details: nil)
        }
        return batch
    }
}
