import Foundation

/// A file that a test serves to a page.
package struct ServedFile: Sendable {
    /// Its media type.
    package let type: String
    let base64: String

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript",
        "svg": "image/svg+xml", "png": "image/png", "webmanifest": "application/manifest+json",
    ]

    /// Makes one of a text.
    package init(_ text: String, type: String) {
        self.type = type
        base64 = Data(text.utf8).base64EncodedString()
    }

    /// Reads one, whose extension tells the media type; nil if there is none.
    package init?(at place: URL) {
        guard let bytes = try? Data(contentsOf: place) else { return nil }
        type = Self.types[place.pathExtension] ?? "application/octet-stream"
        base64 = bytes.base64EncodedString()
    }
}
