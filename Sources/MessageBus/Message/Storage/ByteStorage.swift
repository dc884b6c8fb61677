import Glibc
import Synchronization

/// A piece of memory that texts are appended to and that is never moved or written twice.
///
/// Safe from any thread for the bytes that were there when the reference was handed over: they
/// never change again. Only its creator appends, and only while confined to one of these: the bus's
/// loop, a thread that reads a file, the store's reader.
@usableFromInline
package final class ByteStorage: @unchecked Sendable {  // bytes below `count` never change
    /// The first byte.
    @usableFromInline package let base: UnsafeMutableRawPointer
    /// Capacity in bytes.
    package let capacity: Int
    // Unchecked here and below: used for each line, and a check of exclusive access at run time takes
    // longer than the access (17 ns instead of 3 ns for a call that adds to an integer; swiftc -O).
    /// Bytes in use.
    @exclusivity(unchecked) package var count = 0
    #if DEBUG
        private let isAppending = Atomic(false)
    #endif

    /// Makes an empty storage.
    package init(capacity: Int) {
        self.capacity = capacity
        base = UnsafeMutableRawPointer.allocate(byteCount: max(capacity, 1), alignment: 16)
    }

    deinit { base.deallocate() }

    /// Appends bytes and returns the offset at which they begin.
    ///
    /// The caller has made sure that they fit.
    package func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if DEBUG
            let isTaken = isAppending.exchange(true, ordering: .acquiringAndReleasing)
            precondition(!isTaken, "only one thread at a time appends to a storage")
            defer { isAppending.store(false, ordering: .releasing) }
        #endif
        precondition(bytes.count <= capacity - count, "the caller reserved too little")
        let offset = count
        if let start = bytes.baseAddress {
            (base + offset).copyMemory(from: start, byteCount: bytes.count)
        }
        count += bytes.count
        return offset
    }

    /// The bytes of a range.
    @inlinable
    package func bytes(at offset: Int, count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + offset, count: count)
    }
}
