import Foundation
import Testing

/// The unit for systemd that *Operating* shows.
@Suite(.timeLimit(.minutes(10))) struct UnitTests {
    @Test func `its bridge.json is in order`() async throws {
        let result = try await RunningProgram.result(
            "check", in: ProjectFile.top.appending(path: "Tests/PuenteTests/Examples/service"))
        #expect(result.errors == [])
        #expect(result.status == 0)
    }

    @Test func `the store is where the unit lets it write, and mistakes are not tried again`()
        throws
    {
        let unit = try ProjectFile("Tests/PuenteTests/Examples/puente.service").lines
        let bridges = try ProjectFile("Tests/PuenteTests/Examples/service/bridge.json").text
        #expect(bridges.contains(#""path": "/var/lib/puente/"#))
        for line in [
            "DynamicUser=yes", "StateDirectory=puente", "RestartPreventExitStatus=64 78",
            "ExecStart=/usr/local/bin/puente run --config /etc/puente/bridge.json",
        ] {
            #expect(unit.contains { $0 == line }, "\(line)")
        }
    }

    @Test func `systemd has nothing to say about the unit, where it is installed`() async throws {
        let systemd = "/usr/bin/systemd-analyze"
        guard FileManager.default.isExecutableFile(atPath: systemd) else { return }
        let folder = try TestFolder()
        let unit = try ProjectFile("Tests/PuenteTests/Examples/puente.service").text
        let program = try Program.executable.path(percentEncoded: false)
        // It checks that the program exists.
        try folder.write(
            unit.replacing("/usr/local/bin/puente", with: program), to: "puente-test.service")
        try folder.write("", to: "log")
        let output = try FileHandle(forWritingTo: folder.url.appending(path: "log"))
        let process = Process()
        process.executableURL = URL(filePath: systemd)
        process.arguments = ["verify", folder.url.appending(path: "puente-test.service").path()]
        process.standardInput = FileHandle.nullDevice
        process.standardError = output
        process.standardOutput = output
        // No thread waits meanwhile: the pool has only as many as the machine has cores.
        _ = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let words = folder.text(of: "log") ?? ""
        // Other units of this machine may be broken, and it may have no systemd that runs.
        #expect(!words.contains("puente-test.service:"), "\(words)")
    }
}
