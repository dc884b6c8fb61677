import Chat
import MessageBus
import Sockets

/// A hook at work: its route, its server if it has one of its own, and the task that answers.
///
/// Safe from any thread.
final class OpenHook: Sendable {
    private let port: Port
    private let hook: HookOptions
    private let proof: HookProof
    private let loop: EventLoop
    private let requests = WaitingRequests()
    private let server: HTTPRouteServer?
    /// The server's name in the loop's routes.
    private let serverName: String

    /// The time after which the log says that a web bridge is missing.
    private static let timeout = Duration.seconds(10)

    /// Opens a hook.
    ///
    /// - Throws: `SocketError` if the address is taken; `BridgeError` if the path is.
    init(
        _ port: Port, _ hook: HookOptions, _ proof: HookProof, on loop: EventLoop,
        directory: (String) -> String
    ) async throws {
        self.port = port
        self.hook = hook
        self.proof = proof
        self.loop = loop
        // No bridge has a name with a colon.
        serverName = hook.web ?? "hook: \(port.name)"
        let route = HTTPRoute(hook.routePath, maxBody: hook.maxBody.bytes) { [requests] in
            requests.add($0)
        }
        guard loop.routes.add(route, to: serverName) else {
            throw BridgeError("another bridge serves the hook's \"path\" under \(serverName)")
        }
        guard let listen = hook.listen else {
            server = nil
            return
        }
        do {
            let log = ThrottledLog(port.log)
            let addresses = try await listen.resolved(directory)
            server = try await HTTPRouteServer.open(
                at: addresses, named: serverName, on: loop
            ) {
                log.warning(cause: "accept", "\($0)")
            } onFullBodies: {
                log.warning(cause: "bodies", $0)
            }
        } catch {
            loop.routes.remove(hook.routePath, from: serverName)
            throw error
        }
    }

    /// Logs the address at which it is served, without a path that is a secret.
    func logAddress() {
        let path = proof.kind == .path ? "its path" : hook.routePath
        guard let server else { return port.log.info("\(path) is served by bridge \(serverName)") }
        for address in server.addresses {
            port.log.always(Phrases(port.language).listening(on: "\(address)"))
        }
        port.log.info("\(path) is served there")
    }

    /// Answers until the bridge is to end.
    func run() async throws {
        await port.openIntake()
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { [self] in
                    var receiver = HookReceiver(port, hook, proof, requests)
                    try await receiver.run()
                    return true
                }
                group.addTask { [self] in
                    await port.stopping()
                    requests.close()
                    return false
                }
                while let isReceiver = try await group.next() { if isReceiver { break } }
                group.cancelAll()
            }
        } catch {
            await port.closeIntake()
            throw error
        }
        await port.closeIntake()
    }

    /// Warns if the web bridge that should serve it is not there.
    func watchServer(_ time: PauseClock) async {
        guard let web = hook.web else { return }
        do { try await time.sleep(Self.timeout) } catch { return }
        if !loop.routes.hasServer(web) {
            port.log.warning(
                "no web bridge is called \(web.quoted), so nothing comes in: check \"web\"")
        }
    }

    /// Takes no more requests.
    func stop() { requests.close() }

    /// Removes the route, and closes the server.
    func close() async {
        requests.close()
        loop.routes.remove(hook.routePath, from: serverName)
        await server?.close()
    }
}

extension Webhook {
    /// Opens the hook; `nil` if nothing comes in.
    func openHook(_ port: Port) async throws -> OpenHook? {
        guard let hook = options.hook else { return nil }
        let kind = hook.proof ?? .standard
        let open = try await OpenHook(
            port, hook, HookProof(kind, options.secret), on: context.loop,
            directory: { context.path($0) })
        open.logAddress()
        return open
    }
}
