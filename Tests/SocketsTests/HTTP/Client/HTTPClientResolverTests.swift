import Glibc
import Locking
import TestSupport
import Testing

@testable import Sockets

/// A resolver controlled by a test: it answers nothing while it is shut.
private final class TestResolver: Sendable {
    private let asked = Locked<[String]>([])
    private let isOpen = Locked(false)
    private let isBroken = Locked(false)

    var hosts: [String] { asked.withLock { $0 } }

    func open() { isOpen.withLock { $0 = true } }
    func shut() { isOpen.withLock { $0 = false } }
    /// Makes every look-up fail.
    func fail() { isBroken.withLock { $0 = true } }

    func resolve(_ host: String, _ port: UInt16) throws -> [SocketAddress] {
        asked.withLock { $0.append(host) }
        while !isOpen.withLock({ $0 }) { sched_yield() }
        if host == "nowhere.test" || isBroken.withLock({ $0 }) {
            throw SocketError("resolve \(host)", reason: "Name or service not known")
        }
        return try SocketAddress.resolve(host: "127.0.0.1", port: port)
            + SocketAddress.resolve(host: "::1", port: port)
    }
}

/// A client whose hosts a test resolves.
private final class ResolverFixture: Sendable {
    let loop: EventLoop
    let clock = ManualClock()
    let client: HTTPClient
    let server: TestHTTPServer
    let resolver = TestResolver()

    init() throws {
        loop = try EventLoop(clock: clock)
        client = try HTTPClient(on: loop, resolve: resolver.resolve)
        server = try TestHTTPServer { request, connection in
            connection.answer(request.headers["host"] ?? "-")
        }
        try loop.start(named: "client")
    }

    deinit {
        resolver.open()
        loop.stop()
    }

    func send(_ host: String, within deadline: Duration = .seconds(10)) async -> (
        HTTPAnswer?, HTTPError?
    ) {
        var request = HTTPRequest("http://\(host):\(server.port)/SECRET")
        request.deadline = deadline
        do { return (try await client.send(request), nil) } catch {
            return (nil, error as? HTTPError)
        }
    }

    /// Advances the clock; returns when the loop has seen it.
    func advance(by duration: Duration) async {
        let end = await now + duration
        clock.advance(by: duration)
        loop.clockHasChanged()
        await pollUntil { await now >= end }
    }

    private var now: MonotonicTime {
        get async {
            await withCheckedContinuation { [loop] continuation in
                loop.perform { continuation.resume(returning: loop.now) }
            }
        }
    }

    func wait(for hosts: [String]) async {
        await pollUntil { resolver.hosts.sorted() == hosts }
    }
}

@Suite(.timeLimit(.minutes(10))) struct HTTPClientResolverTests {
    @Test func `a resolver that hangs holds up neither the deadline nor the loop`() async throws {
        let fixture = try ResolverFixture()
        let hanging = Task { await fixture.send("api.test") }
        await fixture.wait(for: ["api.test"])
        #expect(await fixture.send("127.0.0.1").0?.status == 200)
        fixture.clock.advance(by: .seconds(10))
        fixture.loop.clockHasChanged()
        let error = await hanging.value.1
        #expect(error?.kind == .timedOut)
        #expect(error?.mayHaveArrived == false)
        #expect(
            "\(error, default: "")" == "api.test can't be resolved: no answer within 10.0 seconds")
        #expect(await fixture.client.pendingCount == 0)
        // The next request shares the thread that still hangs.
        let next = Task { await fixture.send("api.test") }
        await pollUntil { await fixture.client.pendingCount != 0 }
        fixture.resolver.open()
        #expect(await next.value.0?.status == 200)
        #expect(fixture.resolver.hosts == ["api.test"])
    }

    @Test func `cancelling ends a request whose host is looked for`() async throws {
        let fixture = try ResolverFixture()
        let hanging = Task { await fixture.send("api.test") }
        await fixture.wait(for: ["api.test"])
        hanging.cancel()
        #expect(await hanging.value.1?.kind == .cancelled)
        #expect(await fixture.client.pendingCount == 0)
    }

    @Test func `curl goes where the resolver says, by the name that was asked for`() async throws {
        let fixture = try ResolverFixture()
        fixture.resolver.open()
        for name in ["api.test", "API.test", "dot.test."] {
            let (answer, error) = await fixture.send(name)
            #expect(error == nil)
            let host = String(decoding: answer?.body ?? [], as: UTF8.self)
            #expect(host.hasPrefix(name.dropLast()))
        }
        _ = await fixture.send("api.test")
        #expect(fixture.resolver.hosts == ["api.test", "API.test", "dot.test."])
        let error = await fixture.send("nowhere.test").1
        #expect(error?.kind == .unreachable)
        #expect(
            "\(error, default: "")"
                == "nowhere.test can't be resolved: name or service not known")
    }

    @Test func `where the name server fails, the last addresses are still good`() async throws {
        let fixture = try ResolverFixture()
        fixture.resolver.open()
        #expect(await fixture.send("api.test").0?.status == 200)
        fixture.resolver.fail()
        for round in 2...4 {
            await fixture.advance(by: .seconds(61))
            let (answer, error) = await fixture.send("api.test")
            #expect(answer?.status == 200, "\(error?.description ?? "-")")
            #expect(fixture.resolver.hosts.count == round)
            // Not looked up again at once.
            #expect(await fixture.send("api.test").0?.status == 200)
            #expect(fixture.resolver.hosts.count == round)
        }
        // Without earlier addresses the error is returned as before.
        let error = await fixture.send("other.test").1
        #expect(
            "\(error, default: "")"
                == "other.test can't be resolved: name or service not known")
    }

    @Test func `where the name server is silent, the last addresses are taken after 5 s`()
        async throws
    {
        let fixture = try ResolverFixture()
        fixture.resolver.open()
        #expect(await fixture.send("api.test").0?.status == 200)
        fixture.resolver.shut()
        await fixture.advance(by: .seconds(61))
        let late = Task { await fixture.send("api.test", within: .seconds(30)) }
        await fixture.wait(for: ["api.test", "api.test"])
        await fixture.advance(by: .seconds(4))
        #expect(await fixture.client.pendingCount == 1)
        await fixture.advance(by: .seconds(1))
        #expect(await late.value.0?.status == 200)
        // The next request need not wait as long.
        #expect(await fixture.send("api.test", within: .seconds(30)).0?.status == 200)
    }

    @Test func `of many hosts no more than 64 are remembered`() async throws {
        let fixture = try ResolverFixture()
        fixture.resolver.open()
        for number in 1...65 {
            #expect(await fixture.send("\(number).test").0?.status == 200)
        }
        fixture.resolver.fail()
        await fixture.advance(by: .seconds(61))
        var found = 0
        for number in 1...65 where await fixture.send("\(number).test").0 != nil { found += 1 }
        #expect(found == 64)
    }

    @Test func `no more than four threads look for hosts at a time`() async throws {
        let fixture = try ResolverFixture()
        let tasks = (1...6).map { number in Task { await fixture.send("\(number).test") } }
        await pollUntil {
            await fixture.client.pendingCount >= 6 && fixture.resolver.hosts.count >= 4
        }
        #expect(fixture.resolver.hosts.count == 4)
        fixture.resolver.open()
        for task in tasks { #expect(await task.value.0?.status == 200) }
        #expect(fixture.resolver.hosts.count == 6)
    }
}
