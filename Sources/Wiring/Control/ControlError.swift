/// A failure of the control socket or of a command that asks over it, as a sentence.
package struct ControlError: Error, CustomStringConvertible, Equatable {
    /// The sentence for the person at the terminal.
    package let description: String

    /// Makes an error.
    package init(_ description: String) { self.description = description }
}
