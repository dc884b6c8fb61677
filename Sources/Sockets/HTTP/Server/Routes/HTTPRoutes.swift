import Locking

/// The routes that bridges have given to servers, by the server's name: that of its bridge.
///
/// Safe from any thread. A route may be there before its server, and stays while the server is
/// restarted.
public final class HTTPRoutes: Sendable {
    private let routes = Locked<[String: [String: HTTPRoute]]>([:])
    private let servers = Locked<Set<String>>([])

    /// Adds a route to a server.
    ///
    /// - Returns: false, and nothing is done, if the server has a route with that path already.
    public func add(_ route: HTTPRoute, to server: String) -> Bool {
        routes.withLock { routes in
            guard routes[server]?[route.path] == nil else { return false }
            routes[server, default: [:]][route.path] = route
            return true
        }
    }

    /// Removes a route from a server.
    ///
    /// Requests that were handed on by then are still answered.
    public func remove(_ path: String, from server: String) {
        routes.withLock { $0[server]?[path] = nil }
    }

    /// Returns whether a server of that name has asked for its routes since the start.
    public func hasServer(_ name: String) -> Bool { servers.withLock { $0.contains(name) } }

    /// Records that a server asks for the routes of a name.
    func addServer(_ name: String) { servers.withLock { _ = $0.insert(name) } }

    /// Returns a server's route with a path.
    func route(_ path: String, of server: String) -> HTTPRoute? {
        routes.withLock { $0[server]?[path] }
    }
}
