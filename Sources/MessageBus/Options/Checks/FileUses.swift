/// The files that the entries of a configuration use, to be compared when all entries are known.
package struct FileUses: Sendable {
    /// A file that an entry writes.
    package struct Written: Sendable {
        /// The path as the system sees it.
        package let path: String
        /// The location of the value that names it.
        package let location: ConfigLocation
        /// The location of the entry that it belongs to.
        package let entry: ConfigLocation
    }

    /// Files whose lines come in.
    package struct Followed: Sendable {
        /// Returns whether a path, as the system sees it, is one of them.
        package let contains: @Sendable (String) -> Bool
        /// The location of the value that names them.
        package let location: ConfigLocation
        /// The location of the entry that they belong to.
        package let entry: ConfigLocation
    }

    /// Files that are written.
    package var written: [Written] = []
    /// Files that are followed.
    package var followed: [Followed] = []
}
