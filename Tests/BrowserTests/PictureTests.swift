import Foundation
import TestSupport
import Testing

/// Pictures of the page, in all sizes, languages and themes.
///
/// With `PUENTE_PICTURES=.github` in the environment, those of the documentation are made anew;
/// with another folder, all are put there to be looked at.
@Suite(.timeLimit(.minutes(10)), .serialized) struct PictureTests {
    private static let top = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../..").standardized
    private static let folder = ProcessInfo.processInfo.environment["PUENTE_PICTURES"]
        .map { URL(filePath: $0, relativeTo: top) }

    /// Opens the page with a conversation in it.
    private func page(
        _ language: String, width: Int, height: Int, scale: Double = 1, theme: String = "light"
    ) async throws -> ChatPage {
        let conversation = try String(
            contentsOf: Self.top.appending(path: "Tests/BrowserTests/Page/conversation.js"),
            encoding: .utf8)
        return try await ChatPage { tab in
            try await tab.send(
                "Page.addScriptToEvaluateOnNewDocument", ["source": .string(conversation)])
            try await tab.setLanguages("\(language),en;q=0.5")
            try await tab.emulate(["prefers-color-scheme": theme])
            try await tab.resize(
                width: width, height: height, scale: scale, isPhone: width < 500)
        }
    }

    /// Has somebody speak, and enters with a name that answers.
    private func talk(_ page: ChatPage, _ language: String, as name: String) async throws {
        try await page.tab.evaluate("server.talk('\(language)')")
        try await page.enter(name)
        let text =
            language == "es" ? "Yo puedo quedarme hasta las doce." : "I can stay until noon."
        try await page.say(text)
        try await page.waitForLast(text)
        // Two frames later everything is painted.
        try await page.tab.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        // However early one speaks, one sees it.
        let isAtEnd = try await page.tab.evaluate("document.getElementById('newest').hidden")
        #expect(isAtEnd == true)
    }

    private func keep(_ page: ChatPage, as name: String) async throws {
        let picture = try await page.tab.takePicture()
        #expect(picture.count > 1_000)
        if let folder = Self.folder {
            try picture.write(to: folder.appending(path: "\(name).png"))
        }
    }

    /// Several own lines in a row are one block, and a search that finds nothing has a picture.
    private func keepOwnLinesAndSearch(_ page: ChatPage, as name: String) async throws {
        for text in ["1", "2", "3"] { try await page.say(text) }
        try await page.waitForLast("3")
        let radii = try await page.tab.evaluate(
            """
            [...document.querySelectorAll("#log .own")].map((article) => {
                const { borderStartStartRadius, borderEndEndRadius } = getComputedStyle(article);
                return [borderStartStartRadius, borderEndEndRadius].map(parseFloat);
            })
            """)
        #expect(radii == [[12, 0], [0, 0], [0, 0], [0, 12]])
        try await keep(page, as: "\(name)-own")
        try await page.tab.evaluate("document.querySelector('#search-form').requestSubmit()")
        try await page.tab.focus("#search")
        try await page.tab.type("nothing has this")
        try await page.tab.press("Enter")
        try await page.tab.wait(
            for: "/0$/.test(document.querySelector('#results-title').textContent)")
        let height = try await page.tab.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('#found'), '::before').height)")
        #expect((height.integer ?? 0) > 40, "\(height)")
        try await keep(page, as: "\(name)-search")
        try await page.tab.press("Escape")
    }

    @Test(
        .enabled(if: folder?.lastPathComponent != ".github", "only those of the documentation"),
        arguments: ["en", "es"], [320, 768, 1_440, 2_560])
    func `nothing lies outside the window, and the browser has no complaint`(
        language: String, width: Int
    ) async throws {
        for theme in ["light", "dark"] {
            let height = width < 500 ? 640 : 900
            let page = try await page(language, width: width, height: height, theme: theme)
            try await talk(page, language, as: "luz")
            let isWide = try await page.tab.evaluate(
                "document.documentElement.scrollWidth > innerWidth")
            #expect(isWide == false, "\(width)")
            try await keep(page, as: "\(language)-\(width)-\(theme)")
            try await keepOwnLinesAndSearch(page, as: "\(language)-\(width)-\(theme)")
            // What is long is cut, and nothing is pushed aside by it.
            let widest = try await page.tab.evaluate(
                """
                document.querySelector("article .reply").click();
                for (const id of ["answer-text", "answer-name", "room", "me"])
                    document.getElementById(id).textContent = "palabra ".repeat(40);
                const widths = [...document.querySelectorAll("#chat > main, #compose, header, #own")]
                    .map((element) => element.getBoundingClientRect().width);
                Math.max(innerWidth, ...widths)
                """)
            #expect((widest.integer ?? .max) <= width, "\(widest)")
            #expect(page.tab.complaints == [])
            try await page.tab.close()
        }
    }

    @Test(.enabled(if: folder?.lastPathComponent == ".github", "PUENTE_PICTURES is not .github"))
    func `the pictures of the documentation are made`() async throws {
        for (language, name) in [("en", "page"), ("es", "page-es")] {
            let page = try await page(language, width: 1_200, height: 750)
            try await talk(page, language, as: "luz")
            try await keep(page, as: name)
            try await page.tab.close()
        }
        let phone = try await page("es", width: 390, height: 780, scale: 2)
        try await keep(phone, as: "empezar-nombre")
        try await talk(phone, "es", as: "Lucía")
        try await keep(phone, as: "empezar-movil")
        try await phone.tab.close()
    }
}
