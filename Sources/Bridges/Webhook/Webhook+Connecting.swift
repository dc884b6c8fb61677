import Chat
import MessageBus
import Sockets

extension Webhook: ConnectionChecking {
    /// Checks that the receiver's name can be resolved and the hook's address can be used, of the
    /// two what the bridge's direction uses; sends nothing.
    package func checkConnection() async -> [ConnectionFinding] {
        var findings: [ConnectionFinding] = []
        if context.direction != .in, let receiver = options.url.flatMap({ Receiver($0) }) {
            findings.append(await finding(receiver))
        }
        guard context.direction != .out, let hook = options.hook else { return findings }
        if let listen = hook.listen {
            let context = context
            let address = ListenAddress(listen, of: "listen")
            findings += await ListenCheck([address], directory: { context.path($0) }).findings()
        } else if let web = hook.web {
            findings.append(.untried("the hook is served by the bridge \(web.quoted)"))
        }
        return findings
    }

    private func finding(_ receiver: Receiver) async -> ConnectionFinding {
        let name =
            receiver.host.hasPrefix("[")
            ? String(receiver.host.dropFirst().dropLast()) : receiver.host
        do {
            let addresses = try await DedicatedThread.run(named: "check") {
                Result { try SocketAddress.resolve(host: name, port: 0) }
            }.get()
            if receiver.isPlain, !addresses.allSatisfy(\.isLocal) {
                return .fails(
                    "\(receiver) is another machine, and http is not encrypted: use https")
            }
            return .untried("\(receiver) has an address; asking it would be a message")
        } catch {
            return .fails("\(receiver): \(error): check \"url\"")
        }
    }
}

extension Webhook: ListenRequester {
    /// Returns the addresses that the hook will listen on; none if nothing comes in, or if a web
    /// bridge serves it.
    package func listenRequests() async throws -> [ListenRequest] {
        guard context.direction != .out, let listen = options.hook?.listen else { return [] }
        let context = context
        return [ListenRequest(try await listen.resolved { context.path($0) })]
    }
}
