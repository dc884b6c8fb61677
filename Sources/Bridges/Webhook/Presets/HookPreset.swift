import Chat
import JSON
import MessageBus

/// The programs whose payloads are read as sentences.
package enum HookPreset: String, Sendable, CaseIterable, OptionValue {
    /// Whatever can post to a Slack channel.
    case slack
    /// Repositories and organizations on GitHub.
    case github
    /// Projects and groups on GitLab.
    case gitlab
    /// The Alertmanager of Prometheus.
    case alertmanager
    /// Grafana's alerts.
    case grafana

    /// Returns the text that a request says; `nil` if it says nothing.
    func text(of json: JSON, _ request: HookRequest, _ phrases: Phrases) -> HookText? {
        switch self {
        case .slack: SlackPayload(json).text
        case .github:
            GitHubPayload(json, event: request.field("x-github-event") ?? "", phrases).sentence
                .map { HookText($0, from: "GitHub") }
        case .gitlab: GitLabPayload(json, phrases).sentence.map { HookText($0, from: "GitLab") }
        case .alertmanager:
            AlertPayload(json, phrases).sentence.map { HookText($0, from: "Alertmanager") }
        case .grafana: AlertPayload(json, phrases).sentence.map { HookText($0, from: "Grafana") }
        }
    }

    /// The whole answer to an accepted request, if clients compare it.
    var acceptance: String? { self == .slack ? "ok" : nil }

    /// The answer to a body that is not JSON, if clients know one.
    var complaint: String? { self == .slack ? "invalid_payload" : nil }

    /// The answer to a request that says nothing, if that is a mistake.
    var complaintAboutNothing: String? { self == .slack ? "no_text" : nil }
}

extension JSON {
    /// The text on one line, of at most a number of characters; `nil` if the value is not a text or
    /// blank.
    func line(_ limit: Int = 200) -> String? {
        guard let text = plainText else { return nil }
        // More is not needed: a text may have a megabyte.
        let words = text.prefix(limit * 4).split(whereSeparator: \.isWhitespace)
        let line = words.joined(separator: " ").shortened(to: limit)
        return line.isEmpty ? nil : line
    }

    /// The first line of a text.
    func firstLine(_ limit: Int = 200) -> String? {
        string.flatMap { text in
            text.split(whereSeparator: \.isNewline).first
                .flatMap { JSON.text(String($0)).line(limit) }
        }
    }
}
