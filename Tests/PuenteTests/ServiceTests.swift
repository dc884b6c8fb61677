import Foundation
import Testing

/// The unit for systemd that README.md shows.
@Suite(.timeLimit(.minutes(10))) struct ServiceTests {
    @Test func `its bridge.json is in order`() throws {
        let result = try Program.run(["check"], in: "Tests/PuenteTests/Examples/service")
        #expect(result.errors == "")
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

    @Test func `systemd has nothing to say about the unit, where it is installed`() throws {
        let folder = try TestFolder()
        let unit = try ProjectFile("Tests/PuenteTests/Examples/puente.service").text
        let program = try Program.executable.path(percentEncoded: false)
        // It looks whether the program is there.
        try folder.write(
            unit.replacing("/usr/local/bin/puente", with: program), to: "puente-test.service")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/systemd-analyze")
        process.arguments = ["verify", folder.url.appending(path: "puente-test.service").path()]
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardError = output
        process.standardOutput = output
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze") else {
            return
        }
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let words = String(decoding: said, as: UTF8.self)
        // Other units of this machine may be broken, and it may have no systemd that runs.
        #expect(!words.contains("puente-test.service:"), "\(words)")
    }
}
