/// A message whose text is to be gone.
package struct Deletion: Sendable, Hashable {
    /// The number of the message.
    package let number: MessageNumber
    /// The name of the person who has deleted it.
    package let deleter: String
    /// The beginning of the text as other messages quote it, where they do so without its number.
    package let excerpt: String

    /// Makes a deletion.
    package init(of number: MessageNumber, by deleter: String, quotedAs excerpt: String = "") {
        self.number = number
        self.deleter = deleter
        self.excerpt = excerpt
    }
}
