import MessageBus

/// A bridge's place on the bus, also in files that import Foundation, which has a `Port` too.
typealias Port = MessageBus.Port
