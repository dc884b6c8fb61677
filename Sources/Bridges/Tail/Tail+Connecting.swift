import Chat
import Glibc
import MessageBus
import Sockets

extension Tail: ConnectionChecking {
    /// Checks that there are files, and that they may be read.
    package func checkConnection() async -> [ConnectionFinding] {
        do throws(SocketError) {
            // A file system on the network may take its time.
            return try await DedicatedThread.run(named: "check") {
                configuration.patterns.flatMap(findings)
            }
        } catch {
            return [.fails("\(error)")]
        }
    }

    private func findings(_ pattern: PathPattern) -> [ConnectionFinding] {
        var one = configuration
        one.patterns = [pattern]
        let search = PathSearch(one)
        let failures = search.failures.sorted { $0.key < $1.key }.map { path, error in
            ConnectionFinding.fails("\(path): \(error.reason)")
        }
        let others = search.others.sorted { $0.key < $1.key }.map { path, kind in
            ConnectionFinding.fails("\(path): \(kind), which can't be followed")
        }
        let unreadable = search.files.compactMap { path, _ in Self.problem(of: path) }
        var findings = failures + others + unreadable.map { .fails($0) }
        if findings.count > Self.maxFindings {
            let left = findings.count - Self.maxFindings
            findings.removeLast(left)
            findings.append(.fails("\(pattern.text): and \(left) more like these"))
        }
        let readable = search.files.count - unreadable.count
        if readable > 0 {
            let files = readable == 1 ? "1 file" : "\(readable) files"
            findings.append(.works("\(pattern.text): \(files) that may be read"))
        } else if findings.isEmpty {
            findings.append(
                .fails(
                    "\(pattern.text): there is no such file; one that appears later is followed"))
        }
        return findings
    }

    /// The most findings that are reported for one pattern.
    private static let maxFindings = 10

    /// Returns the reason why a file can't be read; `nil` if it can.
    private static func problem(of path: FilePath) -> String? {
        guard unsafe path.withCString({ unsafe access($0, R_OK) }) != 0 else { return nil }
        let error = SocketError("read \(path)")
        return "\(path): \(error.reason): let the daemon's user read it"
    }
}
