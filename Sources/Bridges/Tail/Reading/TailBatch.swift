import Chat
import MessageBus

/// A batch of lines, with the checkpoints to be saved in the same transaction.
///
/// Owned by one holder at a time: first the bridge's thread, then the task that publishes the
/// batch.
final class TailBatch: @unchecked Sendable {  // handed over whole
    private(set) var blocks: [LineBlock] = []
    /// Checkpoint states by key; an empty state deletes one.
    var checkpoints: [String: [UInt8]] = [:]

    /// The largest number of blocks: as many as the bus takes in one turn.
    private static let bound = 5
    /// Size of the first block, which is small because most batches have a few lines.
    private static let first = (lines: 64, bytes: 8 << 10)

    /// True if it has neither lines nor checkpoints.
    var isEmpty: Bool { checkpoints.isEmpty && lines == 0 }

    /// The number of lines.
    var lines: Int { blocks.reduce(0) { $0 + $1.count } }

    /// Adds a message.
    ///
    /// Returns false if there is no room for it.
    ///
    /// - Parameter said: the time at which the file was last written.
    func append(
        _ text: UnsafeRawBufferPointer, at position: UInt64, of origin: LineBlock.Origin,
        said: Timestamp
    ) -> Bool {
        guard let block = block(for: text.count) else { return false }
        block.begin(origin, at: position, said: said)
        block.append(text, at: position)
        return true
    }

    /// Removes and returns the blocks.
    func dequeueBlocks() -> [LineBlock] {
        defer { blocks = [] }
        return blocks
    }

    private func block(for bytes: Int) -> LineBlock? {
        if let last = blocks.last, last.hasCapacity(for: bytes) { return last }
        guard blocks.count < Self.bound else { return nil }
        let block =
            blocks.isEmpty
            ? LineBlock(lines: Self.first.lines, bytes: Self.first.bytes) : LineBlock()
        blocks.append(block)
        return block
    }
}
