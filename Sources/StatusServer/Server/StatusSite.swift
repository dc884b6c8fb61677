import MessageBus
import Sockets

/// The files of the status page, which are part of the program.
///
/// Safe from any thread.
struct StatusSite: Sendable {
    /// The files by their paths, the page itself at the empty path.
    let assets: [String: StaticAsset]

    /// Prepares the files.
    ///
    /// - Parameters:
    ///   - title: the instance's name.
    ///   - language: the language of the page.
    init(title: String, _ language: Language) {
        let page = Self.page(title: title, language)
        assets = [
            "": StaticAsset(page, contentType: "text/html; charset=utf-8"),
            "status.css": StaticAsset(
                PackageResources.status_css, contentType: "text/css; charset=utf-8"),
            "icon.svg": StaticAsset(PackageResources.icon_svg, contentType: "image/svg+xml"),
            "main.js": script(PackageResources.main_js),
            "plot.js": script(PackageResources.plot_js),
            "words.js": script(PackageResources.words_js),
            "format.js": script(PackageResources.format_js),
        ]
    }

    private static func page(title: String, _ language: Language) -> [UInt8] {
        String(decoding: PackageResources.index_html, as: UTF8.self)
            .replacing("LANGUAGE", with: language.rawValue)
            .replacing("TITLE", with: escaped(title))
            .utf8.map { $0 }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}

private func script(_ bytes: [UInt8]) -> StaticAsset {
    StaticAsset(bytes, contentType: "text/javascript; charset=utf-8")
}
