import Foundation
import Testing

/// Promises about the files of the page.
@Suite struct PageFilesTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/Bridges/Web/Page").standardized

    /// The files by their paths within the page.
    private static func files() throws -> [String: Data] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: page.path)
        return try paths.reduce(into: [:]) { files, path in
            let place = page.appending(path: path)
            if !place.hasDirectoryPath, !place.pathExtension.isEmpty {
                files[path] = try Data(contentsOf: place)
            }
        }
    }

    @Test func `the page is at most 80 KiB`() throws {
        let counted = try Self.files().filter { path, _ in
            ["html", "css", "js", "webmanifest"].contains { path.hasSuffix(".\($0)") }
        }
        let bytes = counted.values.reduce(0) { $0 + $1.count }
        #expect(bytes > 0)
        #expect(bytes <= 80 << 10)
    }

    @Test func `no file of the page has more than 400 lines`() throws {
        for (path, bytes) in try Self.files() where path.hasSuffix(".js") {
            #expect(bytes.count { $0 == 0x0A } <= 400, "\(path)")
        }
    }

    @Test func `the page has no script or style inline, and no markup is made of text`() throws {
        for (path, bytes) in try Self.files() where !path.hasSuffix(".png") {
            let text = String(decoding: bytes, as: UTF8.self)
            for forbidden in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                " style=\"", "<style", " onclick=", "javascript:", "src=\"http", "href=\"http",
                "href=\"/", "src=\"/",
            ] {
                #expect(!text.contains(forbidden), "\(path) has \(forbidden)")
            }
        }
    }

    @Test func `both languages have the same words`() throws {
        let files = try Self.files()
        let keys = ["words/es.js", "words/en.js"].map { path in
            let text = String(decoding: files[path] ?? Data(), as: UTF8.self)
            let names = text.matches(of: #/(?m)(?:^\t+|, |\{ )"?([\w-]+)"?: /#)
            return names.map { String($0.output.1) }
        }
        #expect(keys[0].count > 60)
        #expect(keys[0] == keys[1])
    }
}
