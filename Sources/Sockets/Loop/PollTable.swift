import CLinux
import Glibc

/// The descriptors that epoll watches for one loop, with their handlers.
///
/// Confined to the loop. The kernel reuses a descriptor's number as soon as it is closed, while
/// events of the old one may be pending: a slot in the table and its generation tell them apart.
struct PollTable: ~Copyable {
    private struct Slot {
        var handler: (any EventHandler)?
        var generation: UInt32 = 0
    }

    private let epoll: Int32
    private var slots: [Slot] = []
    private var free: [UInt32] = []

    /// Events of the loop's own descriptors carry the highest number minus the descriptor's; no
    /// slot and generation come near it.
    private static let firstOwn = UInt64.max - 65_535

    init() throws {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw SocketError("epoll_create1") }
    }

    deinit { close(epoll) }

    /// Fetches events, after waiting for one if asked to; returns how many there are.
    @safe func wait(_ isToWait: Bool, into events: UnsafeMutableBufferPointer<epoll_event>) -> Int {
        unsafe Int(epoll_wait(epoll, events.baseAddress, Int32(events.count), isToWait ? -1 : 0))
    }

    /// Watches one of the loop's own descriptors.
    func watchOwn(_ descriptor: Int32) {
        var event = unsafe epoll_event()
        unsafe event.events = Readiness.readable.rawValue
        unsafe event.data.u64 = UInt64.max - UInt64(descriptor)
        unsafe epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
    }

    /// Returns the loop's own descriptor that an event is about; `nil` for any other.
    @inline(__always)
    func ownDescriptor(of event: epoll_event) -> Int32? {
        unsafe event.data.u64 >= Self.firstOwn ? Int32(UInt64.max - event.data.u64) : nil
    }

    /// Returns the handler of an event; `nil` if its descriptor is not watched any more.
    @inline(__always)
    func handler(of event: epoll_event) -> (any EventHandler)? {
        let slot = unsafe slots[Int(event.data.u64 & 0xffff_ffff)]
        return unsafe slot.generation == UInt32(event.data.u64 >> 32) ? slot.handler : nil
    }

    /// Watches a descriptor, and keeps its handler until `remove`; without a handler, events come
    /// to nothing.
    mutating func add(
        _ descriptor: Int32, _ interest: Readiness, _ handler: (any EventHandler)?
    ) throws -> EventLoop.Registration {
        let slot = free.popLast() ?? UInt32(slots.count)
        if slot == slots.count { slots.append(Slot()) }
        let registration = EventLoop.Registration(
            slot: slot, generation: slots[Int(slot)].generation, descriptor: descriptor)
        guard control(EPOLL_CTL_ADD, registration, interest) == 0 else {
            let failure = SocketError("epoll_ctl")
            free.append(slot)
            throw failure
        }
        slots[Int(slot)].handler = handler
        return registration
    }

    /// Changes the events that a descriptor is watched for.
    func modify(_ registration: EventLoop.Registration, _ interest: Readiness) {
        _ = control(EPOLL_CTL_MOD, registration, interest)
    }

    /// Gives a descriptor another handler, and returns the old one, to be released by the caller.
    mutating func replaceHandler(
        of registration: EventLoop.Registration, with handler: any EventHandler
    ) -> (any EventHandler)? {
        let slot = Int(registration.slot)
        guard slots[slot].generation == registration.generation else { return nil }
        let old = slots[slot].handler
        slots[slot].handler = handler
        return old
    }

    /// Stops watching and returns the handler, to be released by the caller; `nil` if that was done
    /// before.
    mutating func remove(_ registration: EventLoop.Registration) -> (any EventHandler)? {
        let slot = Int(registration.slot)
        guard slots[slot].generation == registration.generation else { return nil }
        _ = control(EPOLL_CTL_DEL, registration, [])
        slots[slot].generation &+= 1
        free.append(registration.slot)
        return slots[slot].handler.take()
    }

    private func control(
        _ operation: Int32, _ registration: EventLoop.Registration, _ interest: Readiness
    ) -> Int32 {
        var event = unsafe epoll_event()
        unsafe event.events = interest.rawValue
        unsafe event.data.u64 = UInt64(registration.generation) << 32 | UInt64(registration.slot)
        return unsafe epoll_ctl(epoll, operation, registration.descriptor, &event)
    }
}
