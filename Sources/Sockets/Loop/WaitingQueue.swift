/// A queue whose front elements are cheap to remove, however long the queue is.
///
/// Owned by whoever holds it, and confined like its owner.
@usableFromInline
package struct WaitingQueue<Element> {
    /// Those that wait, behind empty places of those that were removed.
    @usableFromInline var elements: [Element?] = []
    @usableFromInline var first = 0

    /// Empty places at the front before they are removed, which moves the others.
    @usableFromInline static var maxEmptyPlaces: Int { 1_024 }

    /// Makes an empty queue.
    @inlinable
    package init() {}

    /// True if nothing waits.
    @inlinable package var isEmpty: Bool { first == elements.count }
    /// The number of those that wait.
    @inlinable package var count: Int { elements.count - first }

    /// Adds something behind the others.
    @inlinable
    package mutating func append(_ element: Element) { elements.append(element) }

    /// Removes and returns the first element; there must be one.
    @inlinable
    package mutating func removeFirst() -> Element {
        guard let element = elements[first].take() else {
            preconditionFailure("places behind `first` are never empty")
        }
        first += 1
        if first == elements.count {
            elements.removeAll(keepingCapacity: true)
            first = 0
        } else if first > Self.maxEmptyPlaces {
            elements.removeFirst(first)
            first = 0
        }
        return element
    }
}
