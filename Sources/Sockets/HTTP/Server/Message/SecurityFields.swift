/// The fields that each answer has so that a browser confines the page.
enum SecurityFields {
    /// Scripts, styles, images and connections of the page's own origin only, nothing inline, in
    /// nobody's frame.
    static let always = Array(
        """
        Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'self'; \
        frame-ancestors 'none'; object-src 'none'\r
        X-Content-Type-Options: nosniff\r
        Referrer-Policy: no-referrer\r
        Cross-Origin-Opener-Policy: same-origin\r\n
        """.utf8)
    /// A year of nothing but TLS, where TLS is spoken: a browser ignores it otherwise
    /// (RFC 6797, 8.1).
    static let encrypted = Array("Strict-Transport-Security: max-age=31536000\r\n".utf8)
}
