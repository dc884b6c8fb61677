import Glibc
import Synchronization

/// A piece of memory that texts are appended to and that is never moved or written twice.
///
/// Safe from any thread for the bytes that were there when the reference was handed over: they
/// never change again. Only its creator appends, on one of these: the bus's loop, a thread that
/// reads a file, the store's reader.
@usableFromInline
@safe package final class ByteStorage: @unchecked Sendable {  // bytes below `count` never change
    /// The first byte.
    @usableFromInline package let base: UnsafeMutableRawPointer
    /// Capacity in bytes.
    package let capacity: Int
    // Unchecked here and below: used for each line, and a check of exclusive access at run time
    // takes longer than the access (17 ns instead of 3 ns for a call that adds to an integer;
    // swiftc -O). Safe all the same: nothing that runs during an access makes another one.
    /// The number of bytes in use.
    @safe @exclusivity(unchecked) package var count = 0
    #if DEBUG
        private let isAppending = Atomic(false)
    #endif

    /// Makes an empty storage.
    package init(capacity: Int) {
        self.capacity = capacity
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: max(capacity, 1), alignment: 16)
    }

    deinit { unsafe base.deallocate() }

    /// Appends bytes and returns the offset at which they begin.
    ///
    /// The caller has made sure that they fit.
    @safe package func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if DEBUG
            let isTaken = isAppending.exchange(true, ordering: .acquiringAndReleasing)
            precondition(!isTaken, "only one thread at a time appends to a storage")
            defer { isAppending.store(false, ordering: .releasing) }
        #endif
        precondition(bytes.count <= capacity - count, "the caller reserved too little")
        let offset = count
        if let start = bytes.baseAddress {
            unsafe (base + offset).copyMemory(from: start, byteCount: bytes.count)
        }
        count += bytes.count
        return offset
    }

    /// Returns the bytes of a range.
    @inlinable
    package func bytes(at offset: Int, count: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base + offset, count: count)
    }
}
