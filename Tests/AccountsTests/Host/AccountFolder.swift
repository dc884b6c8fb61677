import Foundation
import MessageBus

@testable import Store

/// A folder with a store's file, removed with the test.
final class AccountFolder: Sendable {
    let path: String

    init() {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "puente-accounts-\(UUID().uuidString)")
        path = url.path(percentEncoded: false)
        try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { "\(path)/puente.sqlite" }

    /// Opens the file as the daemon does, after its messages' store has made it.
    func store() throws -> SQLiteAccountStore {
        try commandLine().close()
        return SQLiteAccountStore(besideStoreAt: file)
    }

    /// Opens the file as the command line does.
    func commandLine() throws -> SQLiteAccountStore {
        try SQLiteAccountStore.open(file, createsFile: true)
    }

    /// Puts another folder's file into the place of this one's.
    func replaceFile(by other: AccountFolder) throws {
        // As one does while a daemon runs: the files beside it go too.
        for ending in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: file + ending)
        }
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: other.file, toPath: file)
    }

    /// Writes something else than a database.
    func spoil() throws {
        try String(repeating: "no database ", count: 1_000)
            .write(toFile: file, atomically: true, encoding: .utf8)
    }
}
