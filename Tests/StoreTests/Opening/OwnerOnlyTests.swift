import Glibc
import MessageBus
import TestSupport
import Testing

@testable import Store

@Suite struct OwnerOnlyTests {
    private let folder = StoreFolder()
    private let log = LogRecorder()

    private func rights(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    private func make(_ path: String, _ rights: mode_t, _ text: String = "") {
        let descriptor = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
        #expect(descriptor >= 0 && fchmod(descriptor, rights) == 0)
        #expect(write(descriptor, text, text.utf8.count) == text.utf8.count)
        close(descriptor)
    }

    private func complaint() -> String? {
        do throws(any Error) {
            _ = try SQLiteStore.open(folder.file)
            return nil
        } catch {
            return "\(error)".replacing(folder.path, with: "PATH")
        }
    }

    @Test func `a dangling link gets its target, for the owner only`() async throws {
        let target = folder.file + ".away"
        #expect(symlink("puente.sqlite.away", folder.file) == 0)
        let store = try SQLiteStore.open(folder.file, log: log.log)
        try await store.keep(["hola"])
        for path in [target, target + "-wal", target + "-shm", target + ".lock"] {
            #expect(rights(path) == 0o600, "\(path)")
        }
        await store.close()
        unlink(target + ".lock")
        #expect(log.sentences == [])
    }

    @Test func `symbolic links that form a loop are reported`() {
        #expect(symlink("puente.sqlite.away", folder.file) == 0)
        #expect(symlink("puente.sqlite", folder.file + ".away") == 0)
        #expect(complaint() == "store: PATH/puente.sqlite: its symbolic links form a loop")
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o755] as [mode_t])
    func `the right of others to read is taken away and that is said`(mode: mode_t) async throws {
        try await SQLiteStore.open(folder.file).close()
        for ending in ["", ".lock"] { #expect(chmod(folder.file + ending, mode) == 0) }
        make(folder.file + "-wal", mode)
        let store = try SQLiteStore.open(folder.file, log: log.log)
        for ending in ["", "-wal", "-shm", ".lock"] {
            #expect(rights(folder.file + ending) == 0o600)
        }
        await store.close()
        #expect(
            log.sentences
                == [".lock", "", "-wal"].map { ending in
                    """
                    store: \(folder.file)\(ending): others could read it (its rights were \
                    0\(String(mode, radix: 8))); it is its owner's alone now
                    """
                })
    }

    @Test(arguments: ["", "-wal", "-shm", "-journal", ".lock"])
    func `a file that others may write, or with a second name, is refused`(ending: String)
        async throws
    {
        try await SQLiteStore.open(folder.file).close()
        let file = folder.file + ending
        if rights(file) == 0 { make(file, 0o600) }
        let at = ending.isEmpty ? "" : "PATH/puente.sqlite\(ending): "
        #expect(chmod(file, 0o662) == 0)
        #expect(
            complaint() == """
                store: PATH/puente.sqlite: \(at)others may write it (its rights are 0662), so its \
                contents can't be trusted: check them, then restrict it to its owner (chmod 600)
                """)
        #expect(rights(file) == 0o662)
        chmod(file, 0o600)
        #expect(link(file, folder.file + ".away") == 0)
        #expect(
            complaint() == """
                store: PATH/puente.sqlite: \(at)it has 2 names (hard links): what is written here \
                would be written there; remove the others
                """)
        unlink(folder.file + "-journal")
    }

    @Test(arguments: ["-wal", "-shm", ".lock"])
    func `nothing is written through a link beside the file`(ending: String) {
        make(folder.file + ".away", 0o600, "treasure")
        #expect(symlink("puente.sqlite.away", folder.file + ending) == 0)
        #expect(complaint()?.contains("it is a link") == true)
        var status = stat()
        #expect(stat(folder.file + ".away", &status) == 0 && status.st_size == 8)
    }

    @Test func `a lock that holds something else is left alone`() {
        make(folder.file + ".lock", 0o600, "treasure")
        #expect(
            complaint() == """
                store: PATH/puente.sqlite: PATH/puente.sqlite.lock is not a lock file of puente, and \
                was left as it is: move it away
                """)
        var status = stat()
        #expect(stat(folder.file + ".lock", &status) == 0 && status.st_size == 8)
    }

    @Test func `anything but a regular file is refused without waiting`() {
        #expect(mkfifo(folder.file, 0o600) == 0)
        #expect(
            complaint() == "store: PATH/puente.sqlite: it is a named pipe, not a file")
        unlink(folder.file)
        #expect(mkdir(folder.file, 0o700) == 0)
        #expect(complaint() == "store: PATH/puente.sqlite: it is a directory, not a file")
        rmdir(folder.file)
        #expect(symlink("/dev/null", folder.file) == 0)
        #expect(complaint()?.hasSuffix("it is a device, not a file") == true || geteuid() != 0)
    }

    @Test func `a folder that everybody may write to is said`() async throws {
        chmod(folder.path, 0o777)
        let store = try SQLiteStore.open(folder.file, log: log.log)
        await store.close()
        #expect(
            log.sentences == [
                """
                store: \(folder.file): everybody may write into \(folder.path), and so put another \
                file in its place
                """
            ])
    }
}
