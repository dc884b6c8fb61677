import Chat
import MessageBus

/// What the bridge's thread hands over to be published in one go: lines, and how far their files
/// have been read with them.
///
/// Confined to whoever has it: first the thread, then the task that publishes it.
final class TailBatch: @unchecked Sendable {  // see the line above
    private(set) var blocks: [LineBlock] = []
    /// States by source; an empty one forgets it.
    var checkpoints: [String: [UInt8]] = [:]

    /// Blocks at most: what the bus takes in one turn.
    private static let bound = 5
    /// The first block: nearly always a few lines are all there is.
    private static let first = (lines: 64, bytes: 8 << 10)

    /// Whether there is anything in it.
    var isEmpty: Bool { checkpoints.isEmpty && lines == 0 }

    /// How many lines are in it.
    var lines: Int { blocks.reduce(0) { $0 + $1.count } }

    /// Adds a message, unless there is no room for it.
    ///
    /// - Parameter said: when its file had last been written, in milliseconds since 1970.
    func add(
        _ text: UnsafeRawBufferPointer, at position: UInt64, of source: LineBlock.Origin,
        said: Int64
    ) -> Bool {
        guard let block = block(for: text.count) else { return false }
        block.begin(source, at: position, said: said)
        block.append(text, at: position)
        return true
    }

    /// Hands the blocks out.
    func takeBlocks() -> [LineBlock] {
        defer { blocks = [] }
        return blocks
    }

    private func block(for bytes: Int) -> LineBlock? {
        if let last = blocks.last, last.hasRoom(for: bytes) { return last }
        guard blocks.count < Self.bound else { return nil }
        let block =
            blocks.isEmpty
            ? LineBlock(lines: Self.first.lines, bytes: Self.first.bytes) : LineBlock()
        blocks.append(block)
        return block
    }
}
