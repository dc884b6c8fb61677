import Chat
import JSON
import MessageBus
import TestSupport
import Testing

@testable import NATSBridge

extension NATSTests {
    /// Private messages that are not delivered.
    @Suite(.timeLimit(.minutes(10))) struct PrivateMessageTests {
        /// Returns the next private message to somebody who is here.
        private func nextPrivateMessage(_ host: FleetHost) async -> Message? {
            for await message in host.people.privateMessages { return message }
            return nil
        }

        /// Has a person of one instance known on the other.
        private func meet(_ norte: FleetHost, _ sur: FleetHost) async throws {
            await norte.untilConnected()
            await sur.untilConnected()
            _ = await norte.people.present(as: "pepe")
            _ = await sur.people.present(as: "bob")
            while try await sur.people.whisper("x", from: "bob", to: "pepe (norte)").verdict
                != .pass
            { await sur.test.settle() }
        }

        @Test func `who is gone there is reported to the sender`() async throws {
            let server = try await NATSServer()
            let sur = try await FleetHost("sur", server.address)
            await sur.untilConnected()
            _ = await sur.people.present(as: "bob")
            // An instance that says somebody is there who is not.
            let connection = try BrokerConnection(
                to: server.address, BrokerAccess(servers: [server.address]), name: "test")
            defer { connection.end() }
            let heard = try connection.subscribe(to: FleetSubject.live(from: "*", to: "other"))
            func tell(_ message: LiveMessage, to other: String = "all") throws {
                try connection.publish(
                    message.json.encoded, to: FleetSubject.live(from: "other", to: other))
            }
            let pepe = FleetPerson(room: "general", name: "pepe", bridge: "")
            var receipt: Receipt?
            repeat {
                try tell(.hello(.init(name: "norte", run: "r", since: 0, version: 1)))
                try tell(
                    .people(.init(version: 1, part: 0, parts: 1, people: [pepe: true])))
                await sur.test.settle()
                receipt = try await sur.people.whisper(
                    "muy secreto", from: "bob", to: "pepe (norte)")
            } while receipt?.verdict != .pass
            var whisper: LiveMessage.Whisper?
            while whisper == nil {
                guard let message = try heard.next(within: .milliseconds(200)) else { continue }
                if case .whisper(let found)? = JSONReader.read(Array(message.content)).flatMap(
                    { LiveMessage($0) })
                {
                    whisper = found
                    let store = String(
                        try #require(message.subject.split(separator: ".").dropFirst().first))
                    try tell(
                        .receipt(.init(id: try #require(found.id), code: "unknown-user")),
                        to: store)
                }
            }
            let told = try #require(await nextPrivateMessage(sur))
            #expect(
                told.text == "tu mensaje privado a pepe (norte) no se ha entregado: ya no está")
            #expect(told.sender.name == "servidor")
            #expect(told.isAutomatic)
        }

        @Test func `without the broker the sender is told at once`() async throws {
            let server = try await NATSServer()
            let norte = try await FleetHost("norte", server.address)
            let sur = try await FleetHost("sur", server.address)
            try await meet(norte, sur)
            server.kill()
            await sur.logged("Trying again")
            #expect(
                try await sur.people.whisper("secreto", from: "bob", to: "pepe (norte)").verdict
                    == .pass)
            let told = try #require(await nextPrivateMessage(sur))
            #expect(
                told.text
                    == "tu mensaje privado a pepe (norte) no se ha entregado: sin conexión con las "
                    + "otras instancias")
        }

        @Test func `who is not answered for in time is reported, the others are not`() {
            var pending = PendingPrivateMessages()
            let first = pending.insert(to: "a", from: "bob", for: "ana (norte)", now: .start)
            let second = pending.insert(
                to: "a", from: "bob", for: "eva (norte)", now: .after(.milliseconds(1)))
            #expect(pending.remove(first, of: "b") == nil)
            #expect(pending.remove(first, of: "a")?.receiver == "ana (norte)")
            #expect(pending.removeLate(at: .after(PendingPrivateMessages.timeout)) == [])
            let late = pending.removeLate(
                at: .after(PendingPrivateMessages.timeout + .milliseconds(1)))
            #expect(late.map(\.id) == [second])
            #expect(pending.removeLate(at: .distantFuture) == [])
        }

        @Test(arguments: [
            PrivateMessageFailure.unknown, .full, .disconnected, .unanswered,
            .refused(code: "forbidden"),
        ])
        func `the sentence is there in both languages`(loss: PrivateMessageFailure) {
            let (spanish, english) = (
                Phrases(.es).lostPrivateMessage(to: "ana (norte)", loss),
                Phrases(.en).lostPrivateMessage(to: "ana (norte)", loss)
            )
            #expect(spanish.contains("ana (norte)") && english.contains("ana (norte)"))
            #expect(spanish != english)
        }
    }
}
