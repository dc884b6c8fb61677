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
