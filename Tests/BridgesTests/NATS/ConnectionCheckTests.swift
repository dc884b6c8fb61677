import JSON
import MessageBus
import TestSupport
import Testing

@testable import NATSBridge

extension NATSTests {
    /// The questions that are asked without running the bridge.
    @Suite(.timeLimit(.minutes(10))) struct ConnectionCheckTests {
        /// The permissions of the documentation's example, of a store called `own`.
        private static func permissions(
            publish: [String] = [
                "puente.*.own", "puente-live.own.*", "$JS.API.STREAM.INFO.PUENTE",
                "$JS.API.STREAM.CREATE.PUENTE", "$JS.API.STREAM.MSG.GET.PUENTE",
                "$JS.API.CONSUMER.CREATE.PUENTE", "$JS.API.CONSUMER.INFO.PUENTE.*",
                "$JS.API.CONSUMER.MSG.NEXT.PUENTE.*",
            ],
            subscribe: [String] = ["puente-live.*.all", "puente-live.*.own", "_INBOX.>"]
        ) -> String {
            let lists = [publish, subscribe].map { list in
                list.map { "\"\($0)\"" }.joined(separator: ", ")
            }
            return """
                authorization: { users: [
                  { user: "maker", password: "maker-secret" },
                  { user: "own", password: "own-secret", permissions: {
                    publish: [\(lists[0])], subscribe: [\(lists[1])] } }
                ] }
                """
        }

        private func findings(
            _ server: String, store: String? = "own",
            change: (inout NATS.Options) -> Void = { _ in }
        ) async throws -> [ConnectionFinding] {
            let test = try TestBus()
            var options = NATS.Options()
            options.servers = [server]
            change(&options)
            var context = Context(
                name: "norte", language: .es, log: test.log.log, executor: test.loop,
                files: { _ in RecordedLines() })
            context.rooms = ["general"]
            context.storeID = { store }
            return try await NATS(options, context).checkConnection()
        }

        private func own(_ options: inout NATS.Options) {
            (options.user, options.password) = ("own", Secret("own-secret"))
        }

        /// Returns what a connection that may do everything is answered.
        private func ask(
            _ server: NATSServer, _ verb: String, _ body: JSON = .null
        ) throws -> JSON {
            var access = BrokerAccess(servers: [server.address])
            (access.user, access.password) = ("maker", Secret("maker-secret"))
            let connection = try BrokerConnection(to: server.address, access, name: "test")
            defer { connection.end() }
            var inbox = try BrokerInbox(connection)
            return try inbox.call(verb, body)
        }

        private let settings = StreamSettings(
            name: "PUENTE", replicas: 1, maxAge: .zero, maxBytes: 1 << 20)

        @Test func `a broker that allows everything is found to, and nothing is left there`()
            async throws
        {
            let server = try await NATSServer(configuration: Self.permissions())
            #expect(
                try await findings(server.address, change: own) == [
                    .works("\(server.address) answers"),
                    .works("there is no stream PUENTE yet: the first instance makes it"),
                    .works("everything that the bridge does there is allowed"),
                ])
            #expect(throws: BrokerError.self) { try ask(server, "STREAM.INFO.PUENTE") }
            _ = try ask(server, "STREAM.CREATE.PUENTE", settings.configuration)
            #expect(
                try await findings(server.address, change: own) == [
                    .works("\(server.address) answers"),
                    .works("the stream PUENTE has messages 0 to 0, 1 copy"),
                    .works("everything that the bridge does there is allowed"),
                ])
            let state = StreamState(try ask(server, "STREAM.INFO.PUENTE"))
            #expect(state.last == 0)
            let consumers = try ask(server, "CONSUMER.NAMES.PUENTE")
            #expect(consumers["total"].integer == 0)
        }

        @Test(arguments: [
            (["puente.*.other"], "puente.general.own"),
            (["puente.*.own", "$JS.API.CONSUMER.INFO.PUENTE.*"], "puente-live.own.none"),
        ])
        func `a right that is missing is named`(rights: [String], subject: String) async throws {
            let server = try await NATSServer(
                configuration: Self.permissions(publish: rights + ["$JS.API.>"]))
            _ = try ask(server, "STREAM.CREATE.PUENTE", settings.configuration)
            let last = try #require(try await findings(server.address, change: own).last)
            guard case .fails(let words) = last else {
                Issue.record("\(last)")
                return
            }
            #expect(words.contains("Permissions Violation"))
            #expect(words.contains(subject))
            #expect(words.hasSuffix(": allow it in the broker's configuration"))
        }

        @Test func `what may not be heard is named`() async throws {
            let server = try await NATSServer(
                configuration: Self.permissions(subscribe: ["puente-live.*.all", "_INBOX.>"]))
            let last = try #require(try await findings(server.address, change: own).last)
            #expect("\(last)".contains("puente-live.*.own"))
            // A store without a name can't be looked for.
            #expect(
                try await findings(server.address, store: nil, change: own).last
                    == .untried("the store has no name yet: it gets one at the first start"))
        }

        @Test func `a wrong password and a server that is away are told, each for itself`()
            async throws
        {
            let server = try await NATSServer(configuration: Self.permissions())
            let wrong = try await findings(server.address) {
                ($0.user, $0.password) = ("own", Secret("wrong-secret"))
            }
            #expect(
                wrong == [
                    .fails(
                        "\(server.address): it does not accept the credentials: check \"user\", "
                            + "\"password\", \"token\", \"nkey\" or \"credentials\"")
                ])
            let free = try await NATSServer(configuration: "")
            free.kill()
            let both = try await findings(server.address) {
                $0.servers.append(free.address)
                own(&$0)
            }
            #expect(both.count == 4)
            #expect(
                both[1]
                    == .fails(
                        "\(free.address): nobody listens there: check \"servers\", \"tls\" and the "
                            + "network"))
            #expect(both[3] == .works("everything that the bridge does there is allowed"))
        }

        @Test(arguments: [
            ("retention", JSON.text("interest"), "retention \"interest\": it must be \"limits\""),
            ("subjects", .list([.text("puente.otra.*")]), "does not take puente.general.own"),
            ("duplicate_window", .integer(1_000_000_000), "at least two minutes"),
        ])
        func `a stream that can't be used is told`(
            key: String, value: JSON, words: String
        ) async throws {
            let server = try await NATSServer(configuration: Self.permissions())
            guard case .object(var members) = settings.configuration else { return }
            members[key] = value
            _ = try ask(server, "STREAM.CREATE.PUENTE", .object(members))
            let found = try await findings(server.address, change: own)
            guard case .fails(let sentence) = found[1] else {
                Issue.record("\(found)")
                return
            }
            #expect(sentence.contains(words))
        }

        @Test func `a broker without JetStream is told`() async throws {
            let server = try await NATSServer(
                configuration: "jetstream: disabled\n", isJetStreamOn: false)
            let found = try await findings(server.address)
            #expect("\(found)".contains("turn JetStream on"), "\(found)")
        }
    }
}
