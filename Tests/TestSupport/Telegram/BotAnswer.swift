import Foundation

/// An answer of the test server.
struct BotAnswer {
    let status: Int
    let body: String
    var headers: [String: String] = [:]
    /// True if a message was posted.
    var isPost = false

    /// A success.
    init(_ result: Any, isPost: Bool = false) {
        status = 200
        body = Self.text(["ok": true, "result": result])
        self.isPost = isPost
    }

    /// A failure.
    init(_ status: Int, _ description: String, parameters: [String: Any] = [:]) {
        self.status = status
        var json: [String: Any] = [
            "ok": false, "error_code": status, "description": description,
        ]
        if !parameters.isEmpty { json["parameters"] = parameters }
        body = Self.text(json)
        if let wait = parameters["retry_after"] { headers["Retry-After"] = "\(wait)" }
    }

    /// JSON with what is not ASCII escaped, as Telegram's own.
    private static func text(_ json: [String: Any]) -> String {
        let data = (try? JSONSerialization.data(withJSONObject: json)) ?? Data()
        var result = ""
        for unit in String(decoding: data, as: UTF8.self).utf16 {
            if unit < 0x7F, let scalar = Unicode.Scalar(unit) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u" + String(65_536 + Int(unit), radix: 16).dropFirst()
            }
        }
        return result
    }
}
