import Chat
import JSON

/// A group of alerts, as Prometheus' Alertmanager and Grafana send them.
struct AlertPayload {
    private let json: JSON
    private let phrases: Phrases

    /// The most alerts that are described; further ones are only counted.
    private static let maxTold = 5

    init(_ json: JSON, _ phrases: Phrases) {
        self.json = json
        self.phrases = phrases
    }

    private var alerts: [JSON] { json["alerts"].elements }

    /// The alerts in a sentence; `nil` if there are none.
    var sentence: String? {
        guard json.isObject else { return nil }
        if alerts.isEmpty { return oldSentence }
        let firing = alerts.filter { $0["status"].string != "resolved" }
        let isFiring = !firing.isEmpty
        let told = isFiring ? firing : alerts
        let resolved = isFiring ? alerts.count - firing.count : 0
        let left = Int(clamping: json["truncatedAlerts"].integer ?? 0)
        let sentence = phrases.alert(
            name, severity, isFiring: isFiring, told.count + max(left, 0), resolved: resolved)
        return (json["externalURL"]).linked(to: "\(sentence)\(details(told))")
    }

    private var name: String {
        for labels in [json["groupLabels"], json["commonLabels"], alerts.first?["labels"] ?? .null]
        {
            if let name = labels["alertname"].line(100) { return name }
        }
        return json["title"].line(100) ?? "?"
    }

    private var severity: String? {
        json["commonLabels"]["severity"].line(30)
    }

    /// Returns what the alerts say, each once.
    private func details(_ alerts: [JSON]) -> String {
        var texts: [String] = []
        for alert in alerts {
            guard let text = Self.text(of: alert), !texts.contains(text) else { continue }
            texts.append(text)
            if texts.count > Self.maxTold { break }
        }
        if texts.isEmpty { return "." }
        let more = texts.count > Self.maxTold ? ", …" : ""
        let list = texts.prefix(Self.maxTold).map { phrases.quoted($0) }.joined(separator: ", ")
        return ": \(list)\(more)"
    }

    private static func text(of alert: JSON) -> String? {
        let (annotations, labels) = (alert["annotations"], alert["labels"])
        for text in [
            annotations["summary"], annotations["description"], annotations["message"],
            labels["instance"], labels["job"],
        ] {
            if let line = text.line() { return line }
        }
        return nil
    }

    /// One rule, as Grafana sent it before its version 8.
    private var oldSentence: String? {
        guard let name = json["ruleName"].line(100) ?? json["title"].line(100) else { return nil }
        let isFiring = json["state"].string != "ok"
        let text = json["message"].line().map { ": \(phrases.quoted($0))" } ?? "."
        let sentence = phrases.alert(name, nil, isFiring: isFiring, 1, resolved: 0)
        return json["ruleUrl"].linked(to: "\(sentence)\(text)")
    }
}
