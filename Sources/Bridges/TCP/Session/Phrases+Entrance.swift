import Chat
import MessageBus

// The first sentences to a client, and the refusals, as bytes, of clients of other protocols.
extension Phrases {
    /// The greeting: how to enter; the caller writes `[info]` before it.
    package func greeting(_ nameless: TCP.Nameless) -> String {
        switch nameless {
        case .ask:
            say(
                "Hola. Para entrar di quién eres: NOMBRE: TEXTO, o /nick NOMBRE. Más: /help",
                "Hello. To enter, say who you are: NAME: TEXT, or /nick NAME. More: /help")
        case .guest:
            say(
                "Hola. Escribe y ya estás; con nombre: NOMBRE: TEXTO, o /nick NOMBRE. Más: /help",
                "Hello. Just write; with a name: NAME: TEXT, or /nick NAME. More: /help")
        case .name:
            say(
                "Hola. Para entrar escribe tu nombre. Más: /help",
                "Hello. To enter, write your name. More: /help")
        }
    }

    /// The greeting where nothing works without an account.
    func greeting(isRegistrationOpen: Bool) -> String {
        isRegistrationOpen
            ? say(
                "Hola. Aquí se entra con una cuenta: /login NOMBRE CONTRASEÑA, "
                    + "o /register NOMBRE CONTRASEÑA. Más: /help",
                "Hello. You need an account here: /login NAME PASSWORD, "
                    + "or /register NAME PASSWORD. More: /help")
            : say(
                "Hola. Aquí se entra con una cuenta: /login NOMBRE CONTRASEÑA. Más: /help",
                "Hello. You need an account here: /login NAME PASSWORD. More: /help")
    }

    /// The refusal in another protocol; empty for one without an answer that could be understood.
    func refusal(of other: OtherProtocol) -> [UInt8] {
        switch other {
        case .http(let isHead): Array(badRequest(withoutBody: isHead).utf8)
        // A fatal alert: handshake_failure (RFC 8446, 6).
        case .tls: [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28]
        case .ssh, .proxy: []
        case .smtp: Array("554 \(notMail)\r\n".utf8)
        // Request rejected; no method is acceptable (RFC 1928, 3).
        case .socks4: [0x00, 0x5B, 0, 0, 0, 0, 0, 0]
        case .socks5: [0x05, 0xFF]
        }
    }

    /// Returns the answer to a client that does not speak TLS on an encrypted port, given the first
    /// bytes that it sent; `nil` if it sent none.
    func answer(toPlaintext bytes: [UInt8]?) -> [UInt8] {
        let other = unsafe bytes?.withUnsafeBytes { OtherProtocol(line: $0, isFirst: true) }
        if let other { return refusal(of: other) }
        return Array("\(answer(.insecure, needsTLS))\n".utf8)
    }

    /// After `[insecure]`, to somebody who sends text where TLS is spoken.
    var needsTLS: String {
        say(
            "Aquí se habla TLS: conéctate con cifrado, p. ej. openssl s_client -connect HOST:PUERTO",
            "This port speaks TLS: connect with encryption, e.g. openssl s_client -connect HOST:PORT"
        )
    }

    private func badRequest(withoutBody: Bool) -> String {
        let body = notHTTP + "\n"
        let head = """
            HTTP/1.1 400 Bad Request\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(body.utf8.count)\r
            Content-Language: \(language)\r
            Cache-Control: no-store\r
            X-Content-Type-Options: nosniff\r
            Connection: close\r
            \r

            """
        return withoutBody ? head : head + body
    }

    private var notHTTP: String {
        say(
            "Esto es un chat y no una página web: se entra con un programa de chat, o con nc.",
            "This is a chat, not a web page: use a chat program, or nc.")
    }

    private var notMail: String {
        say("Esto es un chat y no acepta correo.", "This is a chat and accepts no mail.")
    }
}
