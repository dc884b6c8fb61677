import TestSupport

@testable import Chat
@testable import TailBridge

extension TailedFile {
    /// Returns a tailed file that need not exist.
    ///
    /// - Parameter target: the path that `path` is a link to.
    static func file(
        _ inode: UInt64 = 7, at path: String = "/a.log", target: String? = nil,
        discovery: Discovery = .live, isSaved: Bool = true
    ) -> TailedFile {
        var senders = SenderNames("{file}")
        let path = FilePath(path)
        return TailedFile(
            nil, .file(inode, size: 10, modified: 3), path: path,
            target: target.map { FilePath($0) }, origin: senders.origin(path), from: ReadState(),
            now: .after(.seconds(1)), discovery: discovery,
            checkpoint: isSaved ? .saved : .unsaved(hasEarlier: false))
    }
}
