import JSON
import MessageBus
import Sockets

/// The static part of what the bridge serves: the page's files and the description of the API.
///
/// Safe from any thread. Made once, at the start: compressing takes some milliseconds.
struct WebSite: Sendable {
    /// The files by their paths, the page itself at the empty path.
    let assets: [String: StaticAsset]
    /// The version of the program.
    let version: String

    /// Prepares everything.
    ///
    /// - Parameter title: the name of the page and of the installed app.
    init(title: String, version: String = Version.current) {
        self.version = version
        var assets: [String: StaticAsset] = [:]
        let links: (StaticString, String) = ("Link", Self.preloads)
        for (path, bytes) in PageFiles.all {
            var bytes = bytes
            switch path {
            case "service-worker.js":
                bytes = Self.replacing("[\"./\"]", by: Self.shell.encoded, in: bytes)
            case "index.html": bytes = Self.replacing("Puente", by: Self.html(title), in: bytes)
            case "manifest.webmanifest":
                bytes = Self.replacing("\"Puente\"", by: JSON.text(title).encoded, in: bytes)
            default: break
            }
            let isPage = path == "index.html"
            assets[isPage ? "" : path] = StaticAsset(
                bytes, contentType: Self.contentType(of: path), fields: isPage ? [links] : [])
        }
        let description = Self.replacing(
            "VERSION", by: Array(version.utf8), in: PackageResources.openapi_json)
        assets["api/openapi.json"] = StaticAsset(description, contentType: "application/json")
        self.assets = assets
    }

    /// The addresses of everything that the page needs offline; `./` is the page itself.
    private static var shell: JSON {
        let others = PageFiles.all.map(\.path).filter {
            $0 != "index.html" && $0 != "service-worker.js" && $0 != "icon-512.png"
        }
        return .list((["./"] + others).map { .text($0) })
    }

    /// The files that the first paint waits for, and then the modules, which a browser would
    /// discover level by level (HTML, 4.6.7.15): it asks for them in this order, over six
    /// connections.
    private static var preloads: String {
        let modules = PageFiles.all.map(\.path).filter { path in
            path.hasSuffix(".js") && path != "boot.js" && path != "service-worker.js"
        }
        let first = ["<style.css>; rel=preload; as=style", "<boot.js>; rel=preload; as=script"]
        return (first + modules.map { "<\($0)>; rel=modulepreload" }).joined(separator: ", ")
    }

    private static func contentType(of path: String) -> String {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "webmanifest": "application/manifest+json"
        default: "application/octet-stream"
        }
    }

    private static func html(_ text: String) -> [UInt8] {
        text.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "&"): Array("&amp;".utf8)
            case UInt8(ascii: "<"): Array("&lt;".utf8)
            case UInt8(ascii: ">"): Array("&gt;".utf8)
            case UInt8(ascii: "\""): Array("&quot;".utf8)
            default: [byte]
            }
        }
    }

    /// Returns bytes with a word replaced wherever it stands.
    private static func replacing(
        _ word: String, by other: [UInt8], in bytes: [UInt8]
    ) -> [UInt8] {
        let word = Array(word.utf8)
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count {
            if bytes[at...].starts(with: word) {
                result += other
                at += word.count
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
        return result
    }
}
