/// A law that does not hold for an input.
struct BrokenLaw: Error, CustomStringConvertible {
    /// The sentence that is not true of it.
    let description: String
}

/// Throws if a sentence is not true of an input.
func require(_ isTrue: Bool, _ sentence: @autoclosure () -> String) throws(BrokenLaw) {
    if !isTrue { throw BrokenLaw(description: sentence()) }
}
