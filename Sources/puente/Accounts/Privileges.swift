import Glibc
import Store

/// The rights of root, which are given up before a store is touched: its files must belong to the
/// user that the daemon runs as.
enum Privileges {
    /// A failure to become another user.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Becomes the owner of a store, if this process is root's; otherwise does nothing.
    static func become(ownerOf path: String) throws {
        guard geteuid() == 0, let owner = try StoreOwner(of: path), owner.user != 0 else { return }
        // The groups come first: without root's rights they can't be changed.
        guard setgroups(0, nil) == 0, setgid(owner.group) == 0, setuid(owner.user) == 0 else {
            throw Failure(
                description: unsafe "can't become user \(owner.user), whom \(path) belongs to: "
                    + String(cString: strerror(errno)).lowercased())
        }
    }
}
