import CLinux
import Glibc
import Synchronization

/// Is told when a descriptor can be read or written.
///
/// Confined to the loop.
public protocol EventHandler: AnyObject {
    /// Something is ready.
    func handle(_ ready: Readiness)
}
