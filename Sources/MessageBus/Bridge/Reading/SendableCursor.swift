/// A cursor on its way to the bus.
struct SendableCursor: @unchecked Sendable {  // only the bus opens it, on its loop
    let cursor: Cursor
    init(_ cursor: Cursor) { self.cursor = cursor }
}
