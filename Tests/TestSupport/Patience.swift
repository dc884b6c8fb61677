/// The time that something may take which a test waits for in the kernel: an answer, a line, an end.
///
/// One for all, and so long that a busy machine under a sanitizer does not reach it, only something
/// that hangs: no test passes because it is over.
package enum Patience {
    /// The time.
    package static let limit = Duration.seconds(300)
    /// The same, as `poll` takes it.
    package static let milliseconds: Int32 = 300_000
}
