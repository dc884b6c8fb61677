/// The part of a program that answers a server's requests.
///
/// Confined to the loop.
package protocol HTTPHandler: AnyObject {
    /// Decides about a request before its body is read.
    func admit(_ head: HTTPRequestHead, from peer: HTTPPeer) -> HTTPAdmission

    /// Answers a request, now or later, by its functions `respond` or `takeOver`.
    func handle(_ exchange: HTTPExchange)
}
