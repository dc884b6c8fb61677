/// The owner of what a server serves.
///
/// Confined to the loop.
package protocol HTTPHandler: AnyObject {
    /// Decides about a request before its body is read.
    func admit(_ head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPAdmission

    /// Answers a request, now or later, by its functions `respond` or `takeOver`.
    func handle(_ exchange: HTTPExchange)
}

/// The decision about a request before its body is read.
package enum HTTPAdmission {
    /// The body is read, if it has at most so many bytes.
    case read(maxBody: Int)
    /// The request is answered with this, and never handled; if it has a body, the connection closes.
    case answer(HTTPResponse)
}
