import Chat
import JSON

/// An event of a repository on GitHub.
struct GitHubPayload {
    private let json: JSON
    private let event: String
    private let phrases: Phrases

    init(_ json: JSON, event: String, _ phrases: Phrases) {
        self.json = json
        self.event = event
        self.phrases = phrases
    }

    private var who: String {
        json["sender"]["login"].line(60) ?? json["pusher"]["name"].line(60) ?? phrases.somebody
    }
    /// The repository, or the organization.
    private var place: String {
        json["repository"]["full_name"].line(120) ?? json["organization"]["login"].line(60)
            ?? "GitHub"
    }
    private var action: String? { json["action"].line(40) }

    /// The event in a sentence; `nil` if it is not one.
    var sentence: String? {
        guard json.isObject else { return nil }
        switch event {
        case "push": return push
        case "pull_request": return change("pull_request", phrases.pullRequest)
        case "issues": return change("issue", phrases.issue)
        case "issue_comment", "commit_comment", "pull_request_review_comment",
            "discussion_comment":
            return comment
        case "pull_request_review": return review
        case "release": return release
        case "create", "delete": return reference
        case "workflow_run", "check_run", "check_suite", "workflow_job": return run
        case "deployment_status": return deployment
        case "fork":
            return link(phrases.forked(who, place), json["forkee"]["html_url"])
        case "star" where action == "created", "watch":
            return link(phrases.starred(who, place), json["repository"]["html_url"])
        case "ping":
            return phrases.connected(place)
        default: return other
        }
    }

    // MARK: - Events

    private var push: String {
        let (kind, name) = GitReference(json["ref"].line() ?? "").worded(phrases)
        if json["deleted"].isTrue { return phrases.deletedReference(who, kind, name, place) }
        let commits = json["commits"].elements
        if commits.isEmpty {
            let head = json["created"].isTrue ? json["repository"]["html_url"] : json["compare"]
            return link(phrases.createdReference(who, kind, name, place), head)
        }
        let first =
            json["head_commit"]["message"].firstLine(100)
            ?? commits.last?["message"].firstLine(100)
        return link(
            phrases.pushed(
                who, commits.count, name, place, first, isForced: json["forced"].isTrue),
            json["compare"])
    }

    private func change(_ key: String, _ noun: String) -> String {
        let subject = json[key]
        let isMerged = key == "pull_request" && subject["merged"].isTrue
        let verb = action == "closed" && isMerged ? "merged" : action ?? ""
        return link(
            phrases.changed(
                who, verb, noun, "#\(subject["number"].line(20) ?? "?")", subject["title"].line(),
                place),
            subject["html_url"])
    }

    private var comment: String {
        if action != "created" { return other }
        let subject =
            [json["issue"], json["pull_request"], json["discussion"]]
            .first { $0.isPresent } ?? .null
        let number =
            subject["number"].line(20).map { "#\($0)" }
            ?? String((json["comment"]["commit_id"].string ?? "").prefix(7))
        return link(
            phrases.commented(
                who, number, subject["title"].line(), place, json["comment"]["body"].line()),
            json["comment"]["html_url"])
    }

    private var review: String {
        if action != "submitted" { return other }
        let subject = json["pull_request"]
        return link(
            phrases.reviewed(
                who, json["review"]["state"].line(30) ?? "",
                "#\(subject["number"].line(20) ?? "?")", subject["title"].line(), place,
                json["review"]["body"].line()),
            json["review"]["html_url"])
    }

    private var release: String {
        if action != "published" { return other }
        let release = json["release"]
        let name = release["name"].line(100) ?? release["tag_name"].line(100) ?? "?"
        return link(phrases.released(who, name, place), release["html_url"])
    }

    private var reference: String {
        let kind = json["ref_type"].string == "tag" ? phrases.tag : phrases.branch
        let name = json["ref"].line(100) ?? "?"
        return event == "create"
            ? link(
                phrases.createdReference(who, kind, name, place), json["repository"]["html_url"])
            : phrases.deletedReference(who, kind, name, place)
    }

    private var run: String? {
        let run = json[event]
        // A run that is requested or in progress has no result yet.
        guard action == "completed", let result = run["conclusion"].line(30) else { return nil }
        let branch = run["head_branch"].line(100) ?? run["check_suite"]["head_branch"].line(100)
        let name = run["name"].line(100) ?? run["app"]["name"].line(100) ?? event
        return link(
            phrases.finished(name, phrases.result(result), branch, place), run["html_url"])
    }

    private var deployment: String {
        let status = json["deployment_status"]
        return link(
            phrases.deployed(
                json["deployment"]["environment"].line(60) ?? "?",
                phrases.result(status["state"].line(30) ?? "?"), place),
            status["target_url"])
    }

    private var other: String {
        let name = event.isEmpty ? "?" : JSON.text(event).line(60) ?? "?"
        return phrases.otherEvent(action.map { "\(name) (\($0))" } ?? name, place, who)
    }

    private func link(_ sentence: String, _ url: JSON) -> String { url.linked(to: sentence) }
}

extension JSON {
    /// Returns a sentence with this JSON value behind it, if the value is an address.
    func linked(to sentence: String) -> String {
        guard let url = string, url.utf8.count <= 500,
            url.hasPrefix("https://") || url.hasPrefix("http://"),
            !url.contains(where: \.isWhitespace)
        else { return sentence }
        return "\(sentence) \(url)"
    }
}
