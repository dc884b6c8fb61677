/// A value of the bus's loop on its way through other threads, which must not touch it.
struct LoopConfined<Value>: @unchecked Sendable {  // used on the loop only
    let value: Value

    init(_ value: Value) { self.value = value }
}
