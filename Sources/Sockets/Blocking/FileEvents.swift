import CLinux
import Glibc
import Locking

/// Events of watched files and directories (inotify(7)), and a thread's wait for them.
///
/// Confined to the thread that waits, except `wake()`, which is safe from any thread.
///
/// Events are hints: they may be late, doubled or, on network file systems, missing. If there were
/// too many, a single `.overflow` stands for them.
///
/// It owns its buffer.
@safe public final class FileEvents: @unchecked Sendable {  // confined to the thread that waits
    /// An event.
    public enum Event: Equatable {
        /// A watched file was written to, or its size, owner or mode changed.
        case changed(Watch)
        /// An entry of a watched directory appeared, vanished or changed its mode; an empty name
        /// stands for the directory itself.
        case entry(Watch, name: [UInt8], isDirectory: Bool, isNew: Bool)
        /// The watch ended, because its file or directory is gone.
        case ended(Watch)
        /// The kernel lost events: anything may have changed.
        case overflow
    }

    /// A watch of the kernel, by its number; a file watched twice has one.
    public struct Watch: Hashable, Sendable {
        let number: Int32
    }

    private let descriptor: Int32
    private let wakeup: Wakeup
    private let confinement = ThreadConfinement()
    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        // Hundreds of events with names of usual length.
        byteCount: 64 << 10, alignment: 8)
    /// The reason if the kernel gives no events at all; `nil` if it does.
    public let failure: SocketError?

    /// Makes an object without watches.
    ///
    /// Without inotify it still waits and wakes, and `failure` holds the reason.
    ///
    /// - Parameter isEnabled: false to do without inotify, as on systems that have none.
    /// - Throws: `SocketError` when the kernel has no descriptors left.
    public init(isEnabled: Bool = true) throws(SocketError) {
        wakeup = try Wakeup()
        let code = isEnabled ? inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) : -1
        descriptor = code
        if code >= 0 {
            failure = nil
        } else if isEnabled {
            failure = SocketError("inotify_init1")
        } else {
            failure = SocketError("inotify", reason: "switched off")
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        unsafe buffer.deallocate()
    }

    /// Watches the names in a directory.
    ///
    /// - Parameter path: bytes of the path, without a NUL.
    /// - Throws: `SocketError`: ENOSPC if there are as many watches as the system allows.
    public func watchDirectory(_ path: [UInt8]) throws(SocketError) -> Watch {
        let mask =
            IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF
            | IN_MOVE_SELF
        return try watch(path + [0], UInt32(mask) | UInt32(IN_ONLYDIR))
    }

    /// Watches an open file, whatever its name is by now.
    ///
    /// - Throws: `SocketError`: ENOSPC if there are as many watches as the system allows.
    public func watchFile(_ file: Int32) throws(SocketError) -> Watch {
        // By path, the watch might be on another file that has taken its place since it was opened.
        let mask = IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF
        return try watch(Array("/proc/self/fd/\(file)\0".utf8), UInt32(mask))
    }

    private func watch(_ path: [UInt8], _ mask: UInt32) throws(SocketError) -> Watch {
        confinement.assertOwned()
        if let failure { throw failure }
        let number = unsafe path.withUnsafeBytes { bytes in
            unsafe inotify_add_watch(
                descriptor, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), mask)
        }
        guard number >= 0 else {
            throw SocketError(
                "inotify_add_watch \(String(decoding: path.dropLast(), as: UTF8.self))")
        }
        return Watch(number: number)
    }

    /// Ends a watch.
    public func remove(_ watch: Watch) {
        confinement.assertOwned()
        if descriptor >= 0 { inotify_rm_watch(descriptor, watch.number) }
    }

    /// Ends the present or the next wait.
    ///
    /// Safe from any thread.
    public func wake() { wakeup.signal() }

    /// Waits until there are events, `wake()` is called or the time is over.
    ///
    /// The object is confined to the thread that does so first.
    ///
    /// - Parameter milliseconds: the longest wait; -1 for ever.
    public func wait(milliseconds: Int32) {
        confinement.assertOwned()
        confinement.claim()
        _ = wakeup.wait(for: .readable, on: descriptor, milliseconds: milliseconds)
    }

    /// Calls a function with each pending event, without waiting.
    public func drain(_ body: (Event) -> Void) {
        confinement.assertOwned()
        guard descriptor >= 0 else { return }
        // Bounded, because a program that writes without pause must not keep the thread here.
        for _ in 0..<16 {
            let count = unsafe SystemCalls.read(descriptor, into: buffer)
            guard count > 0 else { return }
            unsafe parse(buffer.part(..<count), body)
        }
    }

    @safe private func parse(_ bytes: UnsafeRawBufferPointer, _ body: (Event) -> Void) {
        let header = MemoryLayout<inotify_event>.size
        var offset = 0
        while offset + header <= bytes.count {
            // wd, mask, cookie, len: four 32-bit numbers, then the name padded with NULs.
            let watch = unsafe Watch(
                number: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self))
            let mask = unsafe bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            let length = unsafe Int(
                bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
            let start = offset + header
            let name = unsafe bytes[start..<min(start + length, bytes.count)].prefix { $0 != 0 }
            if let event = event(watch, mask, name: name) { body(event) }
            offset = start + length
        }
    }

    @safe private func event(
        _ watch: Watch, _ mask: UInt32, name: Slice<UnsafeRawBufferPointer>
    ) -> Event? {
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { return .overflow }
        if mask & UInt32(IN_IGNORED) != 0 { return .ended(watch) }
        if unsafe name.isEmpty, mask & UInt32(IN_MODIFY) != 0 { return .changed(watch) }
        // The kernel reports the end of the watch as well.
        if mask & UInt32(IN_DELETE_SELF) != 0, mask & UInt32(IN_ISDIR) != 0 { return nil }
        // An event without a name is about the watched file or directory itself.
        return unsafe .entry(
            watch, name: Array(name), isDirectory: mask & UInt32(IN_ISDIR) != 0,
            isNew: mask & UInt32(IN_CREATE | IN_MOVED_TO) != 0)
    }
}

extension FileEvents {
    /// Returns true if the kernel sees all changes to a file: not if other machines can write it,
    /// or a program implements the file system.
    public static func seesAllChanges(of file: Int32) -> Bool {
        var system = statfs()
        guard unsafe fstatfs(file, &system) == 0 else { return true }
        // statfs(2): NFS, SMB, CIFS, SMB2, FUSE, 9P, Ceph, AFS.
        let silent: Set<Int> = [
            0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x6573_5546, 0x0102_1997, 0x00C3_6400,
            0x5346_414F,
        ]
        return !silent.contains(Int(system.f_type) & 0xFFFF_FFFF)
    }
}
