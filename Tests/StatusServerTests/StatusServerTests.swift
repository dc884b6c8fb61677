import Glibc
import JSON
import MessageBus
import Metrics
import Sockets
import Synchronization
import TestSupport
import Testing

@testable import StatusServer

@Suite(.timeLimit(.minutes(10))) struct StatusServerTests {
    @Test func `metrics agree with what was said`() async throws {
        let host = try await StatusHost(store: MemoryStore())
        let port = await host.test.port("chat")
        await port.ready()
        try await port.publish((1...1_234).map { Draft("\($0)", from: "x") })
        let answer = try await host.get("/metrics")
        #expect(answer.status == 200)
        #expect(answer.head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
        let lines = Set(answer.text.split(separator: "\n").map(String.init))
        for line in [
            #"puente_messages_total{bridge="chat",verdict="passed"} 1234"#,
            #"puente_messages_total{bridge="chat",verdict="dropped"} 0"#,
            #"puente_people{room="general"} 0"#,
            #"puente_bridge_state{bridge="chat",state="ready"} 1"#,
            #"puente_bridge_state{bridge="chat",state="failed"} 0"#,
            #"puente_bridge_restarts_total{bridge="chat"} 0"#,
            #"puente_store_state{state="ok"} 1"#,
            "puente_config_last_reload_successful 1",
            "puente_config_last_reload_success_timestamp_seconds 1735689600.0",
            "puente_message_seconds_count 1234",
            #"puente_build_info{version="\#(Version.current)"} 1"#,
        ] {
            #expect(lines.contains(line), "\(line)")
        }
        for family in ["process_resident_memory_bytes", "process_open_fds", "process_max_fds"] {
            #expect(answer.text.contains("\n\(family) "), "\(family)")
        }
    }

    @Test func `OpenMetrics is for who asks for it`() async throws {
        let host = try await StatusHost()
        let answer = try await host.get(
            "/metrics", ["Accept: application/openmetrics-text; version=1.0.0"])
        #expect(answer.head.contains("application/openmetrics-text; version=1.0.0"))
        #expect(answer.text.hasSuffix("# EOF\n"))
        #expect(answer.text.contains("# TYPE puente_messages counter") == false)
    }

    @Test func `nothing is said in labels but names of the configuration`() async throws {
        let host = try await StatusHost()
        let port = await host.test.port("chat")
        #expect(await port.present(as: "anabelinda"))
        try await port.publish("palabras secretas", from: "anabelinda")
        let answer = try await host.get("/metrics")
        #expect(!answer.text.contains("anabelinda"))
        #expect(!answer.text.contains("secretas"))
    }

    @Test func `health looks at the loop, and answers while that hangs`() async throws {
        let host = try await StatusHost()
        #expect(try await host.get("/health").status == 200)
        // The loop stands still although the time goes on.
        let hold = Hold(host.test)
        host.test.clock.advance(by: .seconds(6))
        let health = try await host.get("/health")
        #expect(health.status == 503)
        #expect(health.json["healthy"] == .bool(false))
        let ready = try await host.get("/ready")
        #expect(ready.status == 503)
        hold.end()
        await host.test.settle()
        host.test.advance(by: .seconds(1))
        await host.test.settle()
        #expect(try await host.get("/health").status == 200)
    }

    @Test func `it is ready when every bridge is that anybody waits for`() async throws {
        let host = try await StatusHost()
        let (bus, chat) = (host.test.bus, await host.test.port("chat"))
        let log = await host.test.port("log")
        log.attachment.condition.setOptional(true)
        var answer = try await host.get("/ready")
        #expect(answer.status == 503)
        #expect(answer.json["ready"] == .bool(false))
        #expect(answer.json["bridges"].elements.first?["state"] == .text("starting"))
        await chat.ready()
        await bus.record(.failed, of: log.attachment, because: "no such file")
        answer = try await host.get("/ready")
        #expect(answer.status == 200)
        #expect(answer.json["ready"] == .bool(true))
        let failed = answer.json["bridges"].elements.last
        #expect(failed?["name"] == .text("log"))
        #expect(failed?["reason"] == .text("no such file"))
        #expect(failed?["since"] == .text("2025-01-01T00:00:00.000Z"))
        #expect(answer.json["store"]["state"] == .text("none"))
        #expect(answer.json["reload"]["successful"] == .bool(true))
        await bus.record(.degraded, of: chat.attachment, because: "nobody answers")
        #expect(try await host.get("/ready").status == 200)
        await bus.record(.finished, of: chat.attachment)
        #expect(try await host.get("/ready").status == 200)
        await bus.record(.failed, of: chat.attachment, because: "it broke")
        #expect(try await host.get("/ready").status == 503)
    }

    @Test func `it is not ready while the daemon stops`() async throws {
        let host = try await StatusHost()
        let port = await host.test.port("chat")
        await port.ready()
        await port.openIntake()
        #expect(try await host.get("/ready").status == 200)
        host.test.stop()
        await host.test.settle()
        #expect(try await host.get("/ready").status == 503)
        #expect(try await host.get("/health").status == 200)
    }

    @Test func `it is not ready while the store fails`() async throws {
        let store = MemoryStore()
        let host = try await StatusHost(store: store)
        #expect(try await host.get("/ready").status == 503)
        await host.test.port("chat").ready()
        #expect(try await host.get("/ready").status == 200)
        store.change(to: .fails)
        let answer = try await host.get("/ready")
        #expect(answer.status == 503)
        #expect(answer.json["store"]["state"] == .text("failing"))
        store.change(to: .lags)
        #expect(try await host.get("/ready").status == 200)
    }

    @Test func `what waits for the store for more than ten seconds makes it unready`() {
        let condition = BridgeCondition()
        condition.setOptional(true)
        let finished = condition.report
        func readiness(age: Duration) -> DaemonReadiness {
            let store = StoreReport(
                condition: .keepsUp, committed: 1, backlogBytes: 1, age: age,
                commits: Histogram())
            let chat = (name: "chat", report: finished)
            return DaemonReadiness(
                bridges: [chat], isStopping: false, store: store, loopAge: .zero)
        }
        #expect(readiness(age: .seconds(10)).isReady)
        #expect(
            readiness(age: .seconds(10) + .nanoseconds(1)).problems == ["the store is 10 s behind"])
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH"])
    func `nothing can be changed`(method: String) async throws {
        let host = try await StatusHost()
        for path in ["/", "/metrics", "/ready", "/health", "/status.json"] {
            #expect(try await host.get(path, method: method).status == 405)
        }
    }

    @Test func `HEAD gets the header alone`() async throws {
        let host = try await StatusHost()
        for path in ["/", "/metrics", "/health"] {
            let answer = try await host.get(path, method: "HEAD")
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
        }
    }

    @Test func `another site's name leads nowhere on this machine`() async throws {
        let host = try await StatusHost()
        #expect(try await host.get("/metrics", host: "evil.example").status == 421)
        #expect(try await host.get("/metrics", host: "127.0.0.1:9102").status == 200)
        let open = try await StatusHost(at: "0.0.0.0")
        #expect(try await open.get("/metrics", host: "puente.example").status == 200)
    }

    @Test func `what is nowhere is not found`() async throws {
        let host = try await StatusHost()
        #expect(try await host.get("/nothing").status == 404)
        #expect(try await host.get("/../etc/passwd").status == 404)
    }

    @Test func `the page is confined and has no words of the log on other addresses`() async throws
    {
        for (address, isLocal) in [("127.0.0.1", true), ("0.0.0.0", false)] {
            let host = try await StatusHost(at: address)
            let port = await host.test.port("chat")
            let bus = host.test.bus
            let entry = LogRecorder()
            entry.log.error("open /var/secret: permission denied", bridge: "chat")
            for recorded in entry.entries { host.errors.record(recorded, at: await port.now) }
            await bus.record(.failed, of: port.attachment, because: "open /var/secret: denied")
            host.reload.recordFailure("bridge.json:1:1: /var/secret")
            let page = try await host.get("/")
            #expect(page.status == 200)
            #expect(page.head.contains("content-security-policy: default-src 'self'"))
            #expect(page.text.contains("<html lang=\"en\">"))
            let status = try await host.get("/status.json")
            #expect(status.text.contains("/var/secret") == isLocal)
            #expect(status.json["errors"].isPresent == isLocal)
            #expect(try await host.get("/ready").text.contains("/var/secret") == isLocal)
        }
    }
}

/// Keeps a test's loop from turning.
private final class Hold: Sendable {
    private let isOver = Atomic(false)

    init(_ test: TestBus) {
        test.loop.perform { [self] in
            while !isOver.load(ordering: .acquiring) { sched_yield() }
        }
    }

    func end() { isOver.store(true, ordering: .releasing) }
}
