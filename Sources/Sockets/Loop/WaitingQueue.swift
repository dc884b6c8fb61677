/// A queue from whose front elements are removed, cheaply however long it is.
///
/// A value of its owner's, confined like it.
package struct WaitingQueue<Element> {
    private var elements: [Element] = []
    private var first = 0

    /// Served entries at the front before they are removed, which moves the others.
    private static var maxServedEntries: Int { 1_024 }

    /// Makes an empty queue.
    package init() {}

    package var isEmpty: Bool { first == elements.count }
    package var count: Int { elements.count - first }

    /// Adds something behind the others.
    package mutating func append(_ element: Element) { elements.append(element) }

    /// Removes and returns the first element; there must be one.
    package mutating func removeFirst() -> Element {
        let element = elements[first]
        first += 1
        if first == elements.count || first > Self.maxServedEntries {
            elements.removeFirst(first)
            first = 0
        }
        return element
    }
}
