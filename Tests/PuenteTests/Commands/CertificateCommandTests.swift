import Foundation
import TestSupport
import Testing

/// `puente certificate`, and a daemon that uses what it has made.
@Suite(.timeLimit(.minutes(10))) struct CertificateCommandTests {
    @Test func `it makes a pair that a daemon uses, and says how`() async throws {
        let folder = try TestFolder(
            bridges: #"""
                { "type": "tcp", "name": "chat", "listen": "127.0.0.1:0", "greeting": "",
                  "tls": { "certificate": "certificate.pem", "key": "key.pem" } }
                """#)
        let made = try await folder.result("certificate", "localhost", "127.0.0.1")
        #expect(made.status == 0 && made.errors == [])
        #expect(
            made.output.first?.hasPrefix(
                "certificate.pem and key.pem are written, for localhost, 127.0.0.1, until 2")
                == true)
        #expect(
            made.output.last
                == #""tls": { "certificate": "certificate.pem", "key": "key.pem" }"#)
        let program = try folder.start()
        let client = try ChatClient(port: try await program.port())
        let fingerprint = try await client.encrypt().fingerprint
        #expect(made.output.contains { $0 == fingerprint })
        try client.send("/nick ana\n")
        #expect(try await client.line() == "ana joined the chat.")
    }

    @Test func `files that are there stay as they are`() async throws {
        for name in ["certificate.pem", "key.pem"] {
            let folder = try TestFolder()
            try folder.write("mine", to: name)
            let result = try await folder.result("certificate", "localhost")
            #expect(result.status == 69 && result.output == [])
            #expect(
                result.errors
                    == ["puente: \(name): there is such a file, and it is never overwritten"])
            #expect(folder.text(of: name) == "mine")
            let other = name == "key.pem" ? "certificate.pem" : "key.pem"
            #expect(folder.text(of: other) == nil)
        }
    }

    @Test func `only the owner can read them, and root gives them to the directory's owner`()
        async throws
    {
        let folder = try TestFolder()
        let isRoot = geteuid() == 0
        if isRoot { chown(folder.url.path(), 65_534, 65_534) }
        #expect(try await folder.result("certificate", "chat.example.org").status == 0)
        for name in ["certificate.pem", "key.pem"] {
            let path = folder.url.appending(path: name).path()
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            if isRoot { #expect(attributes[.ownerAccountID] as? Int == 65_534) }
        }
    }

    @Test(arguments: [
        ([], "puente: certificate needs the names or addresses of this host"),
        (
            ["a b"],
            "puente: certificate: expected a host name or an IP address, found \"a b\""
        ),
    ])
    func `without a host it is a mistake on the command line`(
        hosts: [String], sentence: String
    ) async throws {
        let folder = try TestFolder()
        let program = try RunningProgram(["certificate"] + hosts, in: folder.url)
        program.endInput()
        let result = try await program.result()
        #expect(result.status == 64 && result.errors.first == sentence)
        #expect(folder.text(of: "key.pem") == nil)
    }
}
