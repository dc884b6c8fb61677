/// The fixed parts of an arena's messages, in their order.
package struct MessageHeaders: RandomAccessCollection {
    private let arena: MessageArena
    package let endIndex: Int

    init(arena: MessageArena) {
        self.arena = arena
        endIndex = arena.count
    }

    package var startIndex: Int { 0 }

    package subscript(index: Int) -> MessageHeader { arena[index] }
}
