import MessageBus
import Sockets

// The routes of the server: the page, the WebSocket, the API.
extension WebServer {
    /// Makes the table of routes.
    func makeRouter() -> HTTPRouter {
        let router = HTTPRouter(answer: { APIError($0).response })
        for (path, asset) in site.assets {
            router.add(.get, "/\(path)") { $0.respond(asset.response(to: $0.head)) }
        }
        router.add(.get, "/ws") { [unowned self] in openWebSocket($0) }
        api.register(in: router)
        router.add(routesOf: port.name, from: loop)
        return router
    }

    /// The subprotocol of the page and of all other clients.
    private static let subprotocol = "puente.1"

    private func openWebSocket(_ exchange: HTTPExchange) {
        do throws(HTTPRefusal) {
            let handshake = try WebSocketHandshake(
                exchange, subprotocols: [Self.subprotocol]
            ) { [origins] in
                origins.allows(
                    $0, host: exchange.head.host, isEncrypted: exchange.peer.isEncrypted)
            }
            exchange.takeOver(handshake.response) { [unowned self] taken in
                port.bus.assumeIsolated { begin(taken, $0) }
            }
        } catch {
            exchange.respond(WebSocketHandshake.explaining(APIError(error).response))
        }
    }
}
