/// The events that a descriptor is ready for (epoll_ctl(2)).
public struct Readiness: OptionSet, Sendable {
    /// The bits of epoll.
    public let rawValue: UInt32

    /// Makes a value from epoll's bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Bytes or the end can be read.
    public static let readable = Readiness(rawValue: 0x001)
    /// Bytes can be written.
    public static let writable = Readiness(rawValue: 0x004)
    /// It failed; always reported.
    public static let failed = Readiness(rawValue: 0x008)
    /// Both directions are closed; always reported.
    public static let hungUp = Readiness(rawValue: 0x010)
}
