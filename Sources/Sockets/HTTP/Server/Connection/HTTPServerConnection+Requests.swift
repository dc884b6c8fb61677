// From a request to its handler.

extension HTTPServerConnection {
    /// Acts on an event of the parser.
    ///
    /// - Parameter isMoreThere: whether bytes after it have come already.
    func apply(_ event: HTTPRequestParser.Event, isMoreThere: Bool) {
        switch event {
        case .head(let head): begin(head, isMoreThere: isMoreThere)
        case .body(let piece): append(piece)
        case .end: endRequest()
        }
    }

    private func begin(_ head: HTTPRequestHead, isMoreThere: Bool) {
        self.head = head
        body = []
        bodyStart = server.loop.now
        earlyAnswer = nil
        client = isFromProxy ? server.forwarded.peer(of: head, from: peer) : peer
        switch server.admit(head, from: client) {
        case .read(let maxBody):
            parser.maxBody = maxBody
            prepareBody(of: head, maxBody, isMoreThere: isMoreThere)
        case .answer(let response):
            if head.framing == .none {
                earlyAnswer = response
            } else {
                // The body may be long, or never come: nobody waits for it.
                encode(response, for: head, isLast: true)
            }
        }
    }

    private func prepareBody(of head: HTTPRequestHead, _ maxBody: Int, isMoreThere: Bool) {
        if case .counted(let length) = head.framing {
            // The parser refuses it.
            if length > maxBody { return }
            body.reserveCapacity(min(length, HTTPRequestParser.usualMaxBody))
        }
        if head.expectsContinue, !isMoreThere {
            output.append { $0 += "HTTP/1.1 100 Continue\r\n\r\n".utf8 }
        }
    }

    @safe private func append(_ piece: UnsafeRawBufferPointer) {
        guard server.holdBody(piece.count, beside: heldBody) else {
            // The rest of the body is not read.
            return encode(server.bodiesAreFull, for: head, isLast: true)
        }
        heldBody += piece.count
        unsafe body.append(contentsOf: piece)
    }

    /// Stops counting the body towards the server's limit.
    func releaseBody() {
        server.changeHeldBodies(by: -heldBody)
        heldBody = 0
        body = []
    }

    private func endRequest() {
        guard let head else { return }
        self.head = nil
        if let response = earlyAnswer { return encode(response, for: head, isLast: false) }
        let exchange = HTTPExchange(head, body: body, from: client, on: self)
        body = []
        self.exchange = exchange
        server.handler.handle(exchange)
    }

    // MARK: - Answers

    /// Answers a request that was handled.
    func answer(_ exchange: HTTPExchange, _ response: HTTPResponse) {
        guard self.exchange === exchange else { return }
        self.exchange = nil
        encode(response, for: exchange.head, isLast: false)
        if !isParsing { advance() }
    }

    /// Refuses a request that can't be read any further, and closes.
    func refuse(_ refusal: HTTPRefusal) {
        encode(server.options.answer(refusal), for: head, isLast: true)
    }

    /// Appends an answer to the output, and decides whether the connection closes after it.
    ///
    /// - Parameters:
    ///   - head: the request; `nil` if it could not be read.
    ///   - isLast: whether the connection closes, whatever the client wants.
    func encode(_ response: HTTPResponse, for head: HTTPRequestHead?, isLast: Bool) {
        let isKept =
            !isLast && !response.closesConnection && !server.isStopping
            && head?.isKeptAlive ?? false
        let fate: HTTPResponseEncoder.Connection =
            !isKept ? .closed : head?.isVersion11 ?? true ? .keptAlive : .keptAliveVersion10
        releaseBody()
        output.append { bytes in
            server.encoder.appendHeader(
                of: response, to: &bytes, fate, isEncrypted: client.isEncrypted,
                at: server.loop.wallTime)
        }
        if head?.method != .head, !response.status.forbidsBody { output.append(response.body) }
        idleSince = server.loop.now
        lastSent = idleSince
        if !isKept {
            phase = .closing
            held = []
        }
    }

    /// Answers with a header, and gives the connection away once that is sent.
    func handOver(
        _ exchange: HTTPExchange, _ response: HTTPResponse,
        _ begin: @escaping (TakenOverConnection) -> any EventHandler
    ) -> Bool {
        guard self.exchange === exchange else { return true }
        // By now it is known which client the connection is for.
        if isFromProxy, slot.host == nil {
            guard server.reserve(exchange.peer.host, for: self) else {
                self.exchange = nil
                encode(server.full, for: exchange.head, isLast: true)
                if !isParsing { advance() }
                return false
            }
        }
        self.exchange = nil
        let fate: HTTPResponseEncoder.Connection =
            response.status == .switchingProtocols ? .upgraded : .streamed
        output.append { bytes in
            server.encoder.appendHeader(
                of: response, to: &bytes, fate, isEncrypted: exchange.peer.isEncrypted,
                at: server.loop.wallTime)
        }
        lastSent = server.loop.now
        phase = .leaving(exchange.peer, begin)
        if !isParsing { advance() }
        return true
    }

    /// Sends as much as the kernel takes.
    func flush() {
        guard let socket else { return }
        if !output.isEmpty || socket.hasUnsent {
            switch output.send(on: socket) {
            case .done:
                (lastSent, idleSince) = (server.loop.now, server.loop.now)
                owners = []
            case .blocked(let hasMoved):
                if hasMoved { lastSent = server.loop.now }
                return
            case .failed: return close()
            }
        }
        switch phase {
        case .closing: closeWhenRead()
        case .leaving(let client, let begin): leave(client, begin)
        case .open, .over: break
        }
    }
}
