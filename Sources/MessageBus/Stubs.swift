// Stands in for the real protocols until they are merged; delete this file then.

/// Judges, and may change, each message a bridge brings in.
public protocol Middleware: Sendable {}

/// A way in and out of the bus.
public protocol Bridge: Sendable {}

/// What a factory is given beside its options.
public struct Context: Sendable {
    package init() {}
}
