/// The way in which patterns run on this system.
package enum PatternEngine {
    /// True if patterns become machine code.
    ///
    /// A system that gives no memory that is both writable and executable forbids that
    /// (`MemoryDenyWriteExecute=` of systemd, SELinux): patterns are interpreted then, about ten
    /// times slower.
    package static var isNative: Bool { (try? CompiledPattern("a"))?.isNative ?? false }
}
