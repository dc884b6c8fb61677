/// The decision about a request before its body is read.
package enum HTTPAdmission {
    /// The body is read, if it has at most so many bytes.
    case read(maxBody: Int)
    /// The request is answered with this, and never handled; if it has a body, the connection
    /// closes.
    case answer(HTTPResponse)
}
