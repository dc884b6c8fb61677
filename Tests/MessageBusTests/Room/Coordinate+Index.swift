import MessageBus

extension Coordinate {
    /// The distance from the beginning: an index into a model of all there ever was.
    var index: Int { Int(rawValue) }
}
