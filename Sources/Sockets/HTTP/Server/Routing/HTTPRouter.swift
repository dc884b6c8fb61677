/// The table that finds the function that answers, by method and path.
///
/// Confined to the loop. Requests that no route takes are answered here: an unknown path with 404,
/// another method with 405 and `Allow`, and `OPTIONS`. A route for `GET` answers `HEAD` too, and
/// its function need not care.
package final class HTTPRouter: HTTPHandler {
    /// A function that answers a request.
    package typealias Handler = (HTTPExchange) -> Void

    private struct Route {
        let method: HTTPMethod
        /// The segments of the path; `nil` for one that may be anything but empty.
        let segments: [String?]
        let maxBody: Int
        let handler: Handler
    }

    private var routes: [Route] = []
    /// The name by which others give routes to this server, and the loop that has them.
    private var shared: (name: String, loop: EventLoop)?
    private let answer: (HTTPRefusal) -> HTTPResponse

    /// Makes a router without routes.
    ///
    /// - Parameter answer: makes the answers to requests that no route takes, as the server's
    ///   `Options.answer`.
    package init(answer: @escaping (HTTPRefusal) -> HTTPResponse) { self.answer = answer }

    /// Adds a route.
    ///
    /// - Parameters:
    ///   - pattern: a path such as `/api/rooms/:room/messages`; a segment that begins with a colon
    ///     stands for any text, which `HTTPExchange.parameters` has in order, decoded: an encoded
    ///     slash stays in its segment.
    ///   - maxBody: bytes of a body at most.
    package func add(
        _ method: HTTPMethod, _ pattern: String, maxBody: Int = HTTPRequestParser.usualMaxBody,
        _ handler: @escaping Handler
    ) {
        let segments = pattern.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        routes.append(
            Route(
                method: method, segments: segments.map { $0.hasPrefix(":") ? nil : String($0) },
                maxBody: maxBody, handler: handler))
    }

    /// Answers requests that no route of its own takes with the routes that others give to a
    /// server's name.
    package func add(routesOf name: String, from loop: EventLoop) {
        loop.routes.addServer(name)
        shared = (name, loop)
    }

    // MARK: - Finding

    private enum Found {
        case route(Route, parameters: [String])
        case response(HTTPResponse)
    }

    private func find(_ head: HTTPRequestHead) -> Found {
        if head.isAboutServer { return .response(options(["GET", "HEAD", "OPTIONS", "POST"])) }
        let segments: [String]
        do throws(HTTPRefusal) {
            segments = try Self.segments(of: head)
        } catch {
            return .response(answer(error))
        }
        let method = head.method == .head ? .get : head.method
        var allowed: Set<String> = []
        for route in routes {
            guard let parameters = Self.match(segments, route.segments) else { continue }
            if route.method == method { return .route(route, parameters: parameters) }
            allowed.insert(route.method.rawValue)
            if route.method == .get { allowed.insert("HEAD") }
        }
        if allowed.isEmpty, let route = sharedRoute(segments) {
            if route.method == method { return .route(route, parameters: []) }
            allowed.insert(route.method.rawValue)
        }
        if allowed.isEmpty { return .response(answer(HTTPRefusal(.notFound, "nothing is here"))) }
        allowed.insert("OPTIONS")
        if head.method == .options { return .response(options(allowed.sorted())) }
        let refusal = HTTPRefusal(.methodNotAllowed, "this method does nothing here")
        return .response(
            answer(refusal).adding("Allow", allowed.sorted().joined(separator: ", ")))
    }

    private func sharedRoute(_ segments: [String]) -> Route? {
        guard let (name, loop) = shared,
            let route = loop.routes.route(segments.joined(separator: "/"), of: name)
        else { return nil }
        return Route(
            method: HTTPMethod(rawValue: route.method) ?? .other, segments: [],
            maxBody: route.maxBody,
            handler: { route.handle(HTTPRouteRequest($0, path: route.path, on: loop)) })
    }

    private func options(_ methods: [String]) -> HTTPResponse {
        HTTPResponse(.noContent).adding("Allow", methods.joined(separator: ", "))
    }

    private static func segments(of head: HTTPRequestHead) throws(HTTPRefusal) -> [String] {
        let result = head.withPath { bytes in
            Result<[String], HTTPRefusal> { () throws(HTTPRefusal) in
                var segments: [String] = []
                // Behind the slash that it begins with.
                var start = min(1, bytes.count)
                while start <= bytes.count {
                    let end = bytes.offset(of: 0x2F, from: start) ?? bytes.count
                    segments.append(try PercentDecoding.text(bytes.part(start..<end)))
                    start = end + 1
                }
                return segments
            }
        }
        return try result.get()
    }

    private static func match(_ segments: [String], _ wanted: [String?]) -> [String]? {
        guard segments.count == wanted.count else { return nil }
        var parameters: [String] = []
        for (segment, wanted) in zip(segments, wanted) {
            if let wanted {
                if segment != wanted { return nil }
            } else if segment.isEmpty {
                return nil
            } else {
                parameters.append(segment)
            }
        }
        return parameters
    }

    // MARK: - HTTPHandler

    /// Answers a request that no route takes, before its body is read.
    package func admit(_ head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPAdmission {
        switch find(head) {
        case .route(let route, _): .read(maxBody: route.maxBody)
        case .response(let response): .answer(response)
        }
    }

    /// Calls the route's function, which answers.
    package func handle(_ exchange: HTTPExchange) {
        exchange.assertOwned()
        switch find(exchange.head) {
        case .route(let route, let parameters):
            exchange.parameters = parameters
            route.handler(exchange)
        case .response(let response): exchange.respond(response)
        }
    }
}
