/// Looks at the files that options name, without reading or changing them.
package struct FileLookup: Sendable {
    /// A path as the system sees it: absolute, links followed as far as they exist; relative ones
    /// are relative to bridge.json.
    package let resolved: @Sendable (String) -> String
    /// Tells whether a path is a directory's.
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

/// What the entries of a configuration do with files, to be compared when all of them are known.
package struct FileUses: Sendable {
    /// A file that something is written to.
    package struct Written: Sendable {
        /// The path as the system sees it.
        package let path: String
        /// The value that names it.
        package let location: ConfigLocation
        /// The entry that it belongs to.
        package let entry: ConfigLocation
    }

    /// Files whose lines come in.
    package struct Followed: Sendable {
        /// Tells whether a path, as the system sees it, is one of them.
        package let contains: @Sendable (String) -> Bool
        /// The value that names them.
        package let location: ConfigLocation
        /// The entry that it belongs to.
        package let entry: ConfigLocation
    }

    /// Those that are written to.
    package var written: [Written] = []
    /// Those that are followed.
    package var followed: [Followed] = []
}
