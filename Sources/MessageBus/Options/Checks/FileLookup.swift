/// A look-up of the files that options name, which neither reads nor changes them.
package struct FileLookup: Sendable {
    /// Returns a path as the system sees it: absolute, links followed as far as they exist;
    /// relative ones are relative to bridge.json.
    package let resolved: @Sendable (String) -> String
    /// Returns whether a path is a directory's.
    package let isDirectory: @Sendable (String) -> Bool

    /// Makes a look-up of two functions.
    package init(
        resolved: @escaping @Sendable (String) -> String,
        isDirectory: @escaping @Sendable (String) -> Bool
    ) {
        self.resolved = resolved
        self.isDirectory = isDirectory
    }
}
