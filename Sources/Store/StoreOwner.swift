import Glibc

/// The user that a store's files belong to, or will: the owner of the file, or of the directory
/// that it is to be made in.
package struct StoreOwner: Sendable, Equatable {
    /// The user's id.
    package let user: uid_t
    /// The group's id.
    package let group: gid_t

    /// Finds the owner of a store, links followed; `nil` if there is neither file nor directory.
    ///
    /// - Throws: `StoreError` if symbolic links form a loop.
    package init?(of path: String) throws(StoreError) {
        let file = try OwnerOnly(path).path
        var status = stat()
        if unsafe stat(file, &status) != 0 {
            let slash = file.lastIndex(of: "/")
            let folder = slash.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
            guard unsafe stat(folder, &status) == 0 else { return nil }
        }
        user = status.st_uid
        group = status.st_gid
    }
}
