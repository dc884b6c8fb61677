import Foundation
import TestSupport
import Testing

/// The tests of the page's own modules, `Page/*.test.js`, each in a page of a real browser.
@Suite(.timeLimit(.minutes(10)), .serialized) struct PageModuleTests {
    /// The origin under which the browser believes the files to be; there is no server.
    private static let origin = "https://puente.test"
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let page = folder.appending(path: "../../Sources/Bridges/Web/Page").standardized
    private static let tests = folder.appending(path: "Page")

    private static let browser = Result { try Browser() }

    /// The names of the files with tests.
    static let files: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: tests.path)
        return (names ?? []).filter { $0.hasSuffix(".test.js") }.sorted()
    }()

    @Test(arguments: files) func `the modules of the page do what their tests say`(
        file: String
    ) async throws {
        let page = try await Self.browser.get().openPage()
        try await page.serve(Self.origin) { path in Self.file(at: path) }
        try await page.navigate(to: "\(Self.origin)/tests/empty.html")
        let result = try await page.evaluate(
            "import('/tests/testing.js').then((testing) => testing.run('/tests/\(file)'))")
        for failure in result["failures"].array {
            Issue.record("\(file): \(failure.string ?? "a failure without words")")
        }
        #expect((result["count"].integer ?? 0) > 0, "no tests in \(file)")
        #expect(page.complaints == [])
        try await page.close()
    }

    private static func file(at path: String) -> ServedFile? {
        if path == "/tests/empty.html" {
            return ServedFile("<!doctype html><title>Tests</title>", type: "text/html")
        }
        if path == "/favicon.ico" { return ServedFile("", type: "image/x-icon") }
        let parts = path.split(separator: "/", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        return ServedFile(at: (parts[0] == "tests" ? tests : page).appending(path: parts[1]))
    }
}
