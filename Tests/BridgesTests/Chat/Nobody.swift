import Sockets

/// A handler that hears of events and does nothing.
final class Nobody: EventHandler {
    func handle(_ ready: Readiness) {}
}
