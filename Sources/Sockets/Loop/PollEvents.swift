/// Events that poll(2) waits for and reports.
struct PollEvents: OptionSet {
    let rawValue: Int16

    static let readable = PollEvents(rawValue: 0x001)
    static let writable = PollEvents(rawValue: 0x004)
    /// Failed, hung up or not open; always reported.
    ///
    /// A pipe that has lost its last reader fails, a terminal or socket hangs up.
    static let broken = PollEvents(rawValue: 0x008 | 0x010 | 0x020)
}
