import Foundation
import MessageBus
import Sockets
import TestSupport
import Testing

@testable import IRCBridge

extension IRCBridgeTests {
    /// TLS, accounts and passwords.
    @Suite struct SecurityTests {
        @Test func `an account logs in by SASL, however long its password`() async throws {
            for length in [1, 100, 146, 147, 250, 300] {
                let password = String(repeating: "x", count: length)
                let host = try await IRCHost {
                    $0.options.sasl = Self.account("puente", password)
                    $0.behaviour = {
                        $0.capabilities = ["sasl=EXTERNAL,PLAIN"]
                        $0.accounts["puente"] = password
                    }
                }
                #expect(await host.server.perform { $0.lines.contains("CAP END") })
                host.run.cancel()
            }
        }

        private static func account(_ name: String, _ password: String) -> IRCAccount {
            var account = IRCAccount()
            (account.account, account.password) = (name, Secret(password))
            return account
        }

        @Test func `a server that offers no accounts at present is tried again`() async throws {
            let host = try await IRCHost {
                $0.options.sasl = Self.account("puente", "geheim")
                $0.isAwaited = false
            }
            await host.until { host in
                host.test.log.sentences.contains { $0.contains("offers no accounts") }
            }
            await host.server.perform { server in
                server.capabilities = ["sasl"]
                server.accounts["puente"] = "geheim"
            }
            try await host.say("hola")
            #expect(await host.told(1) == ["Ana: hola"])
        }

        @Test func `a refused account stops the daemon, and is not told`() async throws {
            let host = try await IRCHost {
                $0.options.sasl = Self.account("puente", "geheim")
                $0.behaviour = { $0.capabilities = ["sasl"] }
                $0.isAwaited = false
            }
            let error = await #expect(throws: BridgeError.self) { try await host.run.value }
            #expect(error?.description.hasPrefix("localhost: the ") == true)
            #expect(!host.test.log.sentences.contains { $0.contains("geheim") })
            #expect(error?.description.contains("geheim") == false)
        }

        @Test func `a server's password is sent first`() async throws {
            let host = try await IRCHost { $0.options.password = Secret("secreto") }
            let lines = await host.server.perform { $0.lines.prefix(4).map { String($0) } }
            #expect(
                lines == ["CAP LS 302", "PASS secreto", "NICK puente", "USER puente 0 * Puente"])
        }

        @Test func `TLS is verified by a file of authorities`() async throws {
            let certificate = try TestCertificate()
            let host = try await IRCHost {
                $0.server = try IRCTestServer(certificate: certificate)
                $0.options.tls = .on(.authorities(path: certificate.certificate))
            }
            try await host.say("hola")
            #expect(await host.told(1) == ["Ana: hola"])
        }

        @Test func `TLS is verified by a fingerprint`() async throws {
            let certificate = try TestCertificate()
            let host = try await IRCHost {
                $0.server = try IRCTestServer(certificate: certificate)
                $0.options.tls = .on(
                    .fingerprint(certificate.fingerprint.replacing(":", with: "").lowercased()))
            }
            try await host.say("hola")
            #expect(await host.told(1) == ["Ana: hola"])
        }

        @Test(arguments: [
            ServerEncryption.Verification.system,
            .fingerprint(String(repeating: "ab", count: 32)),
        ])
        func `a server that is not believed is told nothing`(
            verification: ServerEncryption.Verification
        ) async throws {
            let certificate = try TestCertificate()
            let host = try await IRCHost {
                $0.server = try IRCTestServer(certificate: certificate)
                $0.options.tls = .on(verification)
                $0.isAwaited = false
            }
            let error = await #expect(throws: BridgeError.self) { try await host.run.value }
            let text = error?.description ?? ""
            #expect(text.contains("trusted") || text.contains("fingerprint"))
            #expect(await host.server.perform { $0.lines } == [])
        }

        @Test func `a server that wants TLS is obeyed, and that is remembered`() async throws {
            let certificate = try TestCertificate()
            let encrypted = try IRCTestServer(certificate: certificate)
            let store = MemoryStore()
            let host = try await IRCHost {
                $0.store = store
                // There is no authority to believe a certificate of a test, so it is refused.
                $0.behaviour = { $0.capabilities = ["sts=port=\(encrypted.port)"] }
                $0.isAwaited = false
            }
            _ = try? await host.run.value
            #expect(host.test.log.sentences.contains { $0.contains("requires TLS, on port") })
            let lines = await host.server.perform { $0.lines }
            #expect(!lines.contains { $0.hasPrefix("JOIN") })
            #expect(await encrypted.perform { $0.connections } == 1)
        }

        @Test func `the time for which TLS is wanted is kept`() async throws {
            let certificate = try TestCertificate()
            let store = MemoryStore()
            let host = try await IRCHost {
                $0.store = store
                $0.server = try IRCTestServer(certificate: certificate)
                $0.options.tls = .on(.authorities(path: certificate.certificate))
                $0.behaviour = { $0.capabilities = ["sts=duration=3600"] }
            }
            await host.until { _ in store.disk.checkpoints["irc"]?["sts"] != nil }
            let state = try #require(store.disk.checkpoints["irc"]?["sts"])
            let policy = try #require(STSPolicy(state))
            #expect(policy.port == host.server.port)
            let rest = await host.test.bus.perform { [loop = host.test.loop] _ in
                policy.until - loop.wallTime
            }
            #expect(rest >= .seconds(3_590) && rest <= .milliseconds(3_600_001))
            // Counted from the end of the connection: never is more than a quarter of it over.
            await host.pass(.seconds(1_000))
            let kept = try #require(
                store.disk.checkpoints["irc"]?["sts"].flatMap { STSPolicy($0) })
            #expect(kept.until >= policy.until + .seconds(90))
        }
    }
}
