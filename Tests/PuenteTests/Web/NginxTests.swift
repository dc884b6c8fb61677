import Foundation
import TestSupport
import Testing

/// The page behind nginx, with the configuration that the documentation shows; where nginx is
/// installed.
@Suite(.timeLimit(.minutes(10))) struct NginxTests {
    private static let program = ["/usr/sbin/nginx", "/usr/bin/nginx"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// A running nginx, which ends when it is released.
    private final class Nginx {
        let process: TestProcess

        init(_ words: [String]) throws { process = try TestProcess(words) }

        deinit {
            process.signal(SIGTERM)
            process.wait()
        }
    }

    /// Starts nginx on a socket in a folder, in front of a port.
    private func start(_ program: String, in folder: TestFolder, to port: UInt16) throws -> Nginx {
        let directory = "Tests/PuenteTests/Examples/web"
        let location = try ProjectFile("\(directory)/nginx.conf").text
            .replacing("127.0.0.1:8080", with: "127.0.0.1:\(port)")
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path temp-\($0);"
        }
        try folder.write(
            """
            daemon off;
            pid nginx.pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                \(paths.joined(separator: "\n"))
                \(try ProjectFile("\(directory)/nginx-map.conf").text)
                server {
                    listen unix:\(folder.url.path)/nginx;
                    \(location)
                }
            }
            """, to: "nginx.conf")
        return try Nginx([program, "-p", folder.url.path, "-c", "nginx.conf"])
    }

    @Test(.enabled(if: program != nil, "nginx is not installed"))
    func `the page, the WebSocket and the API work under a path of nginx`() async throws {
        let folder = try TestFolder()
        try folder.write(
            ProjectFile("Tests/PuenteTests/Examples/web/proxied.json").text
                .replacing("127.0.0.1:8080", with: "127.0.0.1:0")
                .replacing("\"bridges\"", with: "\"language\": \"en\", \"bridges\""))
        let daemon = try folder.start(environment: ["CI_TOKEN": "0123456789abcdef"])
        let port = try await daemon.port(of: "web")
        let nginx = try start(try #require(Self.program), in: folder, to: port)
        let socket = "\(folder.url.path)/nginx"

        let page = try await UnixClient(socket)
        page.send("GET /chat/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let answer = try await page.stream.rest()
        #expect(answer.first?.hasPrefix("HTTP/1.1 200") == true)
        let first = "<style.css>; rel=preload; as=style, <boot.js>; rel=preload; as=script"
        let link = "Link: \(first), <connection/chat.js>; rel=modulepreload"
        #expect(answer.contains { $0.hasPrefix(link) })
        #expect(answer.contains { $0.contains("main.js") })

        let post = try await UnixClient(socket)
        let body = #"{"text":"through nginx"}"#
        post.send(
            """
            POST /chat/api/rooms/general/messages HTTP/1.1\r
            Host: localhost\r
            Authorization: Bearer 0123456789abcdef\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """)
        #expect(try await post.stream.rest().first?.hasPrefix("HTTP/1.1 201") == true)

        let chat = try await UnixClient(socket)
        chat.send(
            """
            GET /chat/ws HTTP/1.1\r
            Host: localhost\r
            Origin: http://localhost\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Protocol: puente.1\r
            \r\n
            """)
        #expect(try await chat.stream.line()?.hasPrefix("HTTP/1.1 101") == true)
        withExtendedLifetime((daemon, nginx)) {}
    }
}
