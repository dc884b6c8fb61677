import Foundation
import TestSupport
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
            "ExecReload=/usr/local/bin/puente reload --config /etc/puente/bridge.json",
            "Type=notify", "WatchdogSec=30s",
        ] {
            #expect(unit.contains { $0 == line }, "\(line)")
        }
    }

    @Test
    func `the package's unit differs by its user, by its paths, and by what follows from that`()
        throws
    {
        let unit = try ProjectFile("Tests/PuenteTests/Examples/puente.service").lines
        let packaged = try ProjectFile(".package/debian/puente.service").lines
        let difference = packaged.difference(
            from: unit.map { $0.replacing("/usr/local/bin/", with: "/usr/bin/")[...] })
        let (added, removed) = (difference.insertions, difference.removals)
        #expect(
            added.settings == [
                "Documentation=man:puente(1)", "User=puente", "PrivateTmp=yes", "RemoveIPC=yes",
            ])
        #expect(removed.settings == ["DynamicUser=yes"])
    }

    @Test(arguments: ["debian/bridge.json", "container.json"])
    func `the configuration of a package is in order, and nobody sits at a terminal`(
        name: String
    ) async throws {
        let file = ".package/\(name)"
        let result = try await RunningProgram.result(
            "check", "--config", file, in: ProjectFile.top)
        #expect(result.output == ["\(file): everything is in order."])
        let text = try ProjectFile(file).text
        #expect(!text.contains("\"stdio\""))
        #expect(text.contains("\"0.0.0.0:") == (name == "container.json"))
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
        let process = try TestProcess(
            [systemd, "verify", folder.url.appending(path: "puente-test.service").path()],
            streams: [nil, output.fileDescriptor, output.fileDescriptor])
        _ = try await process.exitStatus()
        let words = folder.text(of: "log") ?? ""
        // Other units of this machine may be broken, and it may have no systemd that runs.
        #expect(!words.contains("puente-test.service:"), "\(words)")
    }
}

extension [CollectionDifference<Substring>.Change] {
    /// The lines that are no comments.
    fileprivate var settings: [String] {
        let lines = map { change -> Substring in
            switch change {
            case .insert(_, let line, _), .remove(_, let line, _): return line
            }
        }
        return lines.filter { !$0.hasPrefix("#") }.map(String.init)
    }
}
