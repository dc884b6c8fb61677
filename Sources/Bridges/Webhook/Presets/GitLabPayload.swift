import Chat
import JSON

/// An event of a project on GitLab.
struct GitLabPayload {
    private let json: JSON
    private let phrases: Phrases

    init(_ json: JSON, _ phrases: Phrases) {
        self.json = json
        self.phrases = phrases
    }

    private var who: String {
        for name in [
            json["user"]["username"], json["user_username"], json["user"]["name"],
            json["user_name"],
        ] {
            if let name = name.line(60) { return name }
        }
        return phrases.somebody
    }
    private var place: String {
        json["project"]["path_with_namespace"].line(120) ?? json["project_name"].line(120)
            ?? json["group"]["full_path"].line(120) ?? "GitLab"
    }
    /// The thing that the event is about.
    private var subject: JSON { json["object_attributes"] }
    private var kind: String { json["object_kind"].string ?? json["event_name"].string ?? "" }

    /// The event in a sentence; `nil` if it is not one.
    var sentence: String? {
        guard json.isObject else { return nil }
        switch kind {
        case "push", "tag_push": return push
        case "issue", "work_item", "incident":
            return change(phrases.issue, "#")
        case "merge_request": return change(phrases.mergeRequest, "!")
        case "note": return comment
        case "pipeline": return pipeline
        case "build": return build
        case "release":
            let name = json["name"].line(100) ?? json["tag"].line(100) ?? "?"
            return json["action"].string == "create"
                ? json["url"].linked(to: phrases.released(who, name, place)) : other
        case "deployment":
            return json["deployable_url"].linked(
                to: phrases.deployed(
                    json["environment"].line(60) ?? "?",
                    phrases.result(json["status"].line(30) ?? "?"), place))
        case "wiki_page":
            return subject["url"].linked(
                to: phrases.changed(
                    who, subject["action"].line(30) ?? "", phrases.wikiPage, "",
                    subject["title"].line(), place))
        default: return other
        }
    }

    // MARK: - Events

    /// Returns true for forty zeros, which stand for no commit.
    private static func isNone(_ commit: JSON) -> Bool {
        commit.string.map { !$0.isEmpty && $0.allSatisfy { $0 == "0" } } ?? false
    }

    private var push: String {
        let (kind, name) = GitReference(json["ref"].line() ?? "").worded(phrases)
        if Self.isNone(json["after"]) { return phrases.deletedReference(who, kind, name, place) }
        let commits = json["commits"].elements
        let count = json["total_commits_count"].integer.map { Int($0) } ?? commits.count
        if self.kind == "tag_push" || count <= 0 {
            return json["project"]["web_url"].linked(
                to: phrases.createdReference(who, kind, name, place))
        }
        return json["project"]["web_url"].linked(
            to: phrases.pushed(
                who, count, name, place, commits.last?["message"].firstLine(100), isForced: false))
    }

    private func change(_ noun: String, _ mark: String) -> String {
        subject["url"].linked(
            to: phrases.changed(
                who, subject["action"].line(30) ?? "", noun,
                "\(mark)\(subject["iid"].line(20) ?? "?")", subject["title"].line(), place))
    }

    private var comment: String {
        let (merge, issue) = (json["merge_request"], json["issue"])
        let number =
            merge["iid"].line(20).map { "!\($0)" } ?? issue["iid"].line(20).map { "#\($0)" }
            ?? String((json["commit"]["id"].string ?? "").prefix(8))
        return subject["url"].linked(
            to: phrases.commented(
                who, number, merge["title"].line() ?? issue["title"].line(), place,
                subject["note"].line()))
    }

    private var pipeline: String? {
        guard let status = subject["status"].line(30), Self.isResult(status) else { return nil }
        let url =
            subject["url"].isPresent
            ? subject["url"]
            : json["project"]["web_url"].string.map {
                .text("\($0)/-/pipelines/\(subject["id"].line(20) ?? "")")
            } ?? .null
        return url.linked(
            to: phrases.finished(
                "pipeline \(subject["id"].line(20) ?? "?")", phrases.result(status),
                subject["ref"].line(100), place))
    }

    private var build: String? {
        guard let status = json["build_status"].line(30), Self.isResult(status) else { return nil }
        return phrases.finished(
            json["build_name"].line(100) ?? "?", phrases.result(status), json["ref"].line(100),
            place)
    }

    /// Returns whether something is over.
    private static func isResult(_ status: String) -> Bool {
        ["success", "failed", "canceled", "skipped"].contains(status)
    }

    private var other: String {
        let action = (subject["action"].line(40) ?? json["action"].line(40)).map { " (\($0))" }
        return phrases.otherEvent(
            (JSON.text(kind).line(60) ?? "?") + (action ?? ""), place, who)
    }
}
