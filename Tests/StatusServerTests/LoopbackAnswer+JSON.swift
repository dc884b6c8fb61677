import JSON
import TestSupport

extension LoopbackAnswer {
    /// The body as JSON.
    var json: JSON { JSONReader.read(body) ?? .null }
}
