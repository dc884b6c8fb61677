/// A failure of a browser, or of something that a page was asked for.
package struct BrowserError: Error, CustomStringConvertible {
    /// A sentence for who reads the test's output.
    package let description: String

    /// Makes an error.
    package init(_ description: String) { self.description = description }
}
