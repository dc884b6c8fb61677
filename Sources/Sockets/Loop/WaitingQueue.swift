/// A queue whose front elements are cheap to remove, however long the queue is.
///
/// Owned by whoever holds it, and confined like its owner.
package struct WaitingQueue<Element> {
    /// Those that wait, behind empty places of those that were removed.
    private var elements: [Element?] = []
    private var first = 0

    /// Empty places at the front before they are removed, which moves the others.
    private static var maxEmptyPlaces: Int { 1_024 }

    /// Makes an empty queue.
    package init() {}

    package var isEmpty: Bool { first == elements.count }
    package var count: Int { elements.count - first }

    /// Adds something behind the others.
    package mutating func append(_ element: Element) { elements.append(element) }

    /// Removes and returns the first element; there must be one.
    package mutating func removeFirst() -> Element {
        guard let element = elements[first].take() else {
            preconditionFailure("places behind `first` are never empty")
        }
        first += 1
        if first == elements.count || first > Self.maxEmptyPlaces {
            elements.removeFirst(first)
            first = 0
        }
        return element
    }
}
