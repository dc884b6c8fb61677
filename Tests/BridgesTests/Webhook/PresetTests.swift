import Chat
import JSON
import MessageBus
import Testing

@testable import WebhookBridge

/// Payloads of well-known programs, as sentences.
///
/// Each is written after the program's own documentation, shortened to what matters and some of
/// what does not.
@Suite struct PresetTests {
    private static func sentence(
        _ preset: HookPreset, _ body: String, event: String? = nil, _ language: Language = .en
    ) throws -> String? {
        let json = try #require(JSONReader.read(Array(body.utf8)))
        let request = HookRequest(body: Array(body.utf8)) {
            $0 == "x-github-event" ? event : nil
        }
        return preset.text(of: json, request, Phrases(language))?.text
    }

    // MARK: - GitHub

    private static let repository = #"""
        "repository": {"full_name": "acme/web", "html_url": "https://github.com/acme/web"},
        "sender": {"login": "ana", "type": "User"}
        """#

    @Test(arguments: [
        (
            "push",
            #"""
            "ref": "refs/heads/main", "created": false, "deleted": false, "forced": false,
            "compare": "https://github.com/acme/web/compare/a1...b2", "pusher": {"name": "ana"},
            "commits": [{"id": "a1", "message": "Add login\n\nLong text"}, {"id": "b2", "message": "Fix login"}],
            "head_commit": {"id": "b2", "message": "Fix login\n\nBecause"}
            """#,
            "ana pushed 2 commits to main in acme/web: “Fix login” and more https://github.com/acme/web/compare/a1...b2",
            "ana ha subido 2 commits a main de acme/web: «Fix login» y más https://github.com/acme/web/compare/a1...b2"
        ),
        (
            "push", #""ref": "refs/tags/v1", "deleted": true, "commits": []"#,
            "ana deleted the tag v1 in acme/web", "ana ha borrado la etiqueta v1 de acme/web"
        ),
        (
            "pull_request",
            #"""
            "action": "opened", "number": 5, "pull_request": {"number": 5, "title": "Dark mode",
            "html_url": "https://github.com/acme/web/pull/5", "merged": false}
            """#,
            "ana opened pull request #5 “Dark mode” in acme/web https://github.com/acme/web/pull/5",
            "ana ha abierto el pull request #5 «Dark mode» de acme/web https://github.com/acme/web/pull/5"
        ),
        (
            "pull_request",
            #""action": "closed", "pull_request": {"number": 5, "title": "Dark mode", "merged": true}"#,
            "ana merged pull request #5 “Dark mode” in acme/web",
            "ana ha fusionado el pull request #5 «Dark mode» de acme/web"
        ),
        (
            "pull_request",
            #""action": "synchronize", "pull_request": {"number": 5, "title": "Dark mode"}"#,
            "ana changed pull request #5 “Dark mode” in acme/web (synchronize)",
            "ana ha cambiado el pull request #5 «Dark mode» de acme/web (synchronize)"
        ),
        (
            "pull_request_review",
            #"""
            "action": "submitted", "review": {"state": "approved", "body": null,
            "html_url": "https://github.com/acme/web/pull/5#r1"}, "pull_request": {"number": 5, "title": "Dark mode"}
            """#,
            "ana approved #5 “Dark mode” in acme/web https://github.com/acme/web/pull/5#r1",
            "ana ha aprobado #5 «Dark mode» de acme/web https://github.com/acme/web/pull/5#r1"
        ),
        (
            "issues", #""action": "closed", "issue": {"number": 7, "title": "It breaks"}"#,
            "ana closed issue #7 “It breaks” in acme/web",
            "ana ha cerrado la incidencia #7 «It breaks» de acme/web"
        ),
        (
            "issue_comment",
            #"""
            "action": "created", "issue": {"number": 7, "title": "It breaks"},
            "comment": {"body": "Me\ntoo", "html_url": "https://github.com/acme/web/issues/7#c1"}
            """#,
            "ana commented on #7 “It breaks” in acme/web: “Me too” https://github.com/acme/web/issues/7#c1",
            "ana ha comentado #7 «It breaks» de acme/web: «Me too» https://github.com/acme/web/issues/7#c1"
        ),
        (
            "release",
            #""action": "published", "release": {"tag_name": "v1.0", "name": "", "html_url": "https://x.example/r"}"#,
            "ana released “v1.0” of acme/web https://x.example/r",
            "ana ha publicado «v1.0» de acme/web https://x.example/r"
        ),
        (
            "create", #""ref": "dev", "ref_type": "branch""#,
            "ana created the branch dev in acme/web https://github.com/acme/web",
            "ana ha creado la rama dev de acme/web https://github.com/acme/web"
        ),
        (
            "workflow_run",
            #"""
            "action": "completed", "workflow_run": {"name": "CI", "conclusion": "failure",
            "head_branch": "main", "html_url": "https://x.example/run"}
            """#,
            "“CI” failed on main in acme/web https://x.example/run",
            "«CI» ha fallado en main de acme/web https://x.example/run"
        ),
        (
            "ping", #""zen": "Keep it logically awesome.", "hook_id": 1"#,
            "events from acme/web are sent here", "los eventos de acme/web llegan aquí"
        ),
        (
            "label", #""action": "created", "label": {"name": "bug"}"#,
            "event label (created) from acme/web, by ana",
            "evento label (created) de acme/web, por ana"
        ),
    ])
    func `events of GitHub are sentences`(
        _ event: String, _ members: String, _ english: String, _ spanish: String
    ) throws {
        let body = "{\(members), \(Self.repository)}"
        #expect(try Self.sentence(.github, body, event: event) == english)
        #expect(try Self.sentence(.github, body, event: event, .es) == spanish)
    }

    @Test func `runs of GitHub are told when they are over`() throws {
        let body = #"{"action": "requested", "workflow_run": {"name": "CI", "conclusion": null}}"#
        #expect(try Self.sentence(.github, body, event: "workflow_run") == nil)
    }

    // MARK: - GitLab

    @Test(arguments: [
        (
            #"""
            {"object_kind": "push", "event_name": "push", "ref": "refs/heads/main", "after": "da15",
             "user_name": "Ana Gil", "user_username": "ana", "total_commits_count": 1,
             "project": {"path_with_namespace": "acme/web", "web_url": "https://gitlab.com/acme/web"},
             "commits": [{"message": "Fix login\n", "author": {"name": "Ana"}}]}
            """#,
            "ana pushed a commit to main in acme/web: “Fix login” https://gitlab.com/acme/web",
            "ana ha subido un commit a main de acme/web: «Fix login» https://gitlab.com/acme/web"
        ),
        (
            #"""
            {"object_kind": "push", "ref": "refs/heads/old", "user_username": "ana", "commits": [],
             "after": "0000000000000000000000000000000000000000", "project": {"path_with_namespace": "acme/web"}}
            """#,
            "ana deleted the branch old in acme/web", "ana ha borrado la rama old de acme/web"
        ),
        (
            #"""
            {"object_kind": "tag_push", "ref": "refs/tags/v1", "after": "da15", "user_username": "ana",
             "project": {"path_with_namespace": "acme/web"}, "commits": [], "total_commits_count": 0}
            """#,
            "ana created the tag v1 in acme/web", "ana ha creado la etiqueta v1 de acme/web"
        ),
        (
            #"""
            {"object_kind": "merge_request", "user": {"name": "Ana", "username": "ana"},
             "project": {"path_with_namespace": "acme/web"}, "object_attributes": {"iid": 3,
             "title": "Dark mode", "action": "merge", "url": "https://gitlab.com/acme/web/-/merge_requests/3"}}
            """#,
            "ana merged merge request !3 “Dark mode” in acme/web https://gitlab.com/acme/web/-/merge_requests/3",
            "ana ha fusionado el merge request !3 «Dark mode» de acme/web https://gitlab.com/acme/web/-/merge_requests/3"
        ),
        (
            #"""
            {"object_kind": "issue", "user": {"username": "ana"}, "project": {"path_with_namespace": "acme/web"},
             "object_attributes": {"iid": 23, "title": "It breaks", "action": "open"}}
            """#,
            "ana opened issue #23 “It breaks” in acme/web",
            "ana ha abierto la incidencia #23 «It breaks» de acme/web"
        ),
        (
            #"""
            {"object_kind": "note", "user": {"username": "ana"}, "project": {"path_with_namespace": "acme/web"},
             "object_attributes": {"note": "Looks good", "noteable_type": "MergeRequest", "url": "https://x.example/n"},
             "merge_request": {"iid": 3, "title": "Dark mode"}}
            """#,
            "ana commented on !3 “Dark mode” in acme/web: “Looks good” https://x.example/n",
            "ana ha comentado !3 «Dark mode» de acme/web: «Looks good» https://x.example/n"
        ),
        (
            #"""
            {"object_kind": "pipeline", "user": {"username": "ana"}, "object_attributes": {"id": 31,
             "ref": "main", "status": "failed"}, "project": {"path_with_namespace": "acme/web",
             "web_url": "https://gitlab.com/acme/web"}}
            """#,
            "“pipeline 31” failed on main in acme/web https://gitlab.com/acme/web/-/pipelines/31",
            "«pipeline 31» ha fallado en main de acme/web https://gitlab.com/acme/web/-/pipelines/31"
        ),
        (
            #"""
            {"object_kind": "wiki_page", "user": {"username": "ana"}, "project": {"path_with_namespace": "acme/web"},
             "object_attributes": {"title": "Home", "action": "create", "url": "https://x.example/w"}}
            """#,
            "ana created wiki page “Home” in acme/web https://x.example/w",
            "ana ha creado la página del wiki «Home» de acme/web https://x.example/w"
        ),
        (
            #"{"object_kind": "emoji", "user": {"username": "ana"}, "object_attributes": {"action": "award"}}"#,
            "event emoji (award) from GitLab, by ana", "evento emoji (award) de GitLab, por ana"
        ),
    ])
    func `events of GitLab are sentences`(
        _ body: String, _ english: String, _ spanish: String
    ) throws {
        #expect(try Self.sentence(.gitlab, body) == english)
        #expect(try Self.sentence(.gitlab, body, .es) == spanish)
    }

    @Test func `a pipeline of GitLab is told when it is over`() throws {
        let body = #"{"object_kind": "pipeline", "object_attributes": {"status": "running"}}"#
        #expect(try Self.sentence(.gitlab, body) == nil)
    }

    // MARK: - Alerts

    private static let alerts = #"""
        {"version": "4", "groupKey": "{}:{alertname=\"HighCPU\"}", "truncatedAlerts": 0, "status": "STATUS",
         "receiver": "puente", "groupLabels": {"alertname": "HighCPU"},
         "commonLabels": {"alertname": "HighCPU", "severity": "critical"}, "commonAnnotations": {},
         "externalURL": "http://alertmanager:9093",
         "alerts": [
            {"status": "STATUS", "labels": {"alertname": "HighCPU", "instance": "web1:9100"},
             "annotations": {"summary": "CPU over 90 %\non web1"}, "startsAt": "2026-11-29T10:00:00Z"},
            {"status": "resolved", "labels": {"instance": "web2:9100"}, "annotations": {}}]}
        """#

    @Test func `alerts of Alertmanager are sentences`() throws {
        let firing = Self.alerts.replacing("STATUS", with: "firing")
        #expect(
            try Self.sentence(.alertmanager, firing)
                == "Alert: HighCPU (critical), 1 resolved: “CPU over 90 % on web1” http://alertmanager:9093"
        )
        let resolved = Self.alerts.replacing("STATUS", with: "resolved")
        #expect(
            try Self.sentence(.alertmanager, resolved, .es)
                == "Resuelto: HighCPU (critical), 2 avisos: «CPU over 90 % on web1», «web2:9100» http://alertmanager:9093"
        )
    }

    @Test func `alerts of Grafana are sentences, also of old ones`() throws {
        let body = #"""
            {"receiver": "puente", "status": "firing", "state": "alerting", "orgId": 1, "version": "1",
             "title": "[FIRING:7] Disk", "message": "**Firing**…", "externalURL": "https://grafana.example/",
             "groupLabels": {}, "commonLabels": {"alertname": "Disk"}, "truncatedAlerts": 0, "alerts": [
                ALERTS
                {"status": "firing", "labels": {}, "annotations": {"summary": "disk 7"}, "panelURL": ""}]}
            """#
        let alerts = (1...6).map {
            #"{"status": "firing", "labels": {}, "annotations": {"summary": "disk \#($0)"}},"#
        }.joined()
        #expect(
            try Self.sentence(.grafana, body.replacing("ALERTS", with: alerts), .es)
                == "Alerta: Disk, 7 avisos: «disk 1», «disk 2», «disk 3», «disk 4», «disk 5», … https://grafana.example/"
        )
        let old = #"""
            {"title": "[Alerting] Load", "ruleName": "Load", "state": "ok", "message": "load is low",
             "ruleUrl": "http://grafana/rule", "evalMatches": []}
            """#
        #expect(
            try Self.sentence(.grafana, old) == "Resolved: Load: “load is low” http://grafana/rule")
    }

    @Test(arguments: HookPreset.allCases)
    func `payloads of any shape are no trap`(preset: HookPreset) throws {
        let junk = [
            "{}", "[]", "null", "1", #""x""#, #"{"alerts": 1, "attachments": {}, "blocks": "x"}"#,
            #"{"alerts": [1, {"labels": []}], "object_kind": 7, "text": [], "ref": {}}"#,
            #"{"object_kind": "push", "total_commits_count": -9007199254740992}"#,
            #"{"alerts": [{}], "truncatedAlerts": 9007199254740992}"#,
            #"{"object_kind": "note", "commit": {"id": ""}}"#,
        ]
        for body in junk {
            for event in ["push", "issues", "issue_comment", "workflow_run", "star", "", "\n"] {
                let sentence = try Self.sentence(preset, body, event: event)
                #expect(sentence?.contains("\n") != true)
            }
        }
    }

    // MARK: - Slack

    @Test(arguments: [
        (#"{"text": "hola"}"#, "hola"),
        (
            #"{"text": "see <https://x.example/?a=1&amp;b=2|the &lt;log&gt;> &amp; <https://y.example>"}"#,
            "see the <log> (https://x.example/?a=1&b=2) & https://y.example"
        ),
        (
            #"{"text": "<!here> <@U12> <@U12|ana> <#C1|general> <!subteam^S1|@ops> <mailto:a@b.c|a@b.c>"}"#,
            "@here @U12 @ana #general @ops a@b.c"
        ),
        (#"{"text": "1 < 2 &amp;lt; <!date^1392734382^{date}|18 Feb>"}"#, "1 < 2 &lt; 18 Feb"),
        (#"{"text": "a <b"}"#, "a <b"),
        (
            #"{"text": "x", "attachments": [{"fallback": "only this"}, {"fallback": "f", "pretext": "p", "title": "t", "title_link": "https://t.example", "text": "<https://a.example|a>", "fields": [{"title": "k", "value": "v"}]}]}"#,
            "x\nonly this\np\nt (https://t.example)\na (https://a.example)\nk: v"
        ),
        (
            #"""
            {"text": "for notifications", "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": "Deploy &amp; go"}},
                {"type": "section", "text": {"type": "mrkdwn", "text": "<https://a.example|a>"},
                 "fields": [{"type": "mrkdwn", "text": "*b*"}]},
                {"type": "divider"}, {"type": "actions", "elements": []},
                {"type": "context", "elements": [{"type": "image", "alt_text": "cat"}, {"type": "mrkdwn", "text": "c"}]},
                {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
                    {"type": "text", "text": "rich "}, {"type": "link", "url": "https://r.example"}]}]}]}
            """#,
            "Deploy & go\na (https://a.example)\n*b*\ncat c\nrich https://r.example"
        ),
        ("{}", nil), (#"{"text": " ", "blocks": [{"type": "divider"}]}"#, nil),
    ])
    func `what can talk to Slack is read`(_ body: String, _ text: String?) throws {
        #expect(try Self.sentence(.slack, body) == text)
    }

    @Test func `who speaks is the payload's, or the template's`() throws {
        let json = try #require(JSONReader.read(Array(#"{"text":"x","username":"bot"}"#.utf8)))
        let request = HookRequest(body: []) { _ in nil }
        #expect(HookPreset.slack.text(of: json, request, Phrases(.en))?.name == "bot")
        var hook = HookOptions()
        hook.preset = .slack
        hook.from = try TextTemplate("{/username} on Slack")
        let content = HookContent(hook: hook, phrases: Phrases(.en))
        #expect(content.text(of: json, request)?.name == "bot on Slack")
    }
}
