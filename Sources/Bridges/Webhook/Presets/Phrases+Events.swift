import Chat

// Sentences about events in repositories.
extension Phrases {
    var somebody: String { say("alguien", "somebody") }
    var branch: String { say("la rama", "the branch") }
    var tag: String { say("la etiqueta", "the tag") }
    var pullRequest: String { say("el pull request", "pull request") }
    var mergeRequest: String { say("el merge request", "merge request") }
    var issue: String { say("la incidencia", "issue") }
    var wikiPage: String { say("la página del wiki", "wiki page") }

    /// Returns a text in quotation marks.
    func quoted(_ text: String) -> String { say("«\(text)»", "“\(text)”") }

    private func quotedBehind(_ text: String?) -> String { text.map { " \(quoted($0))" } ?? "" }
    private func colon(_ text: String?) -> String { text.map { ": \(quoted($0))" } ?? "" }

    func pushed(
        _ who: String, _ count: Int, _ branch: String, _ place: String, _ first: String?,
        isForced: Bool
    ) -> String {
        let force = isForced ? say(" a la fuerza", " by force") : ""
        let commits = say(
            count == 1 ? "un commit" : "\(count) commits",
            count == 1 ? "a commit" : "\(count) commits")
        let sentence = say(
            "\(who) ha subido \(commits)\(force) a \(branch) de \(place)",
            "\(who) pushed \(commits)\(force) to \(branch) in \(place)")
        let more = count > 1 && first != nil ? say(" y más", " and more") : ""
        return sentence + colon(first) + more
    }

    func createdReference(
        _ who: String, _ kind: String, _ name: String, _ place: String
    ) -> String {
        say(
            "\(who) ha creado \(kind) \(name) de \(place)",
            "\(who) created \(kind) \(name) in \(place)")
    }

    func deletedReference(
        _ who: String, _ kind: String, _ name: String, _ place: String
    ) -> String {
        say(
            "\(who) ha borrado \(kind) \(name) de \(place)",
            "\(who) deleted \(kind) \(name) in \(place)")
    }

    /// Says that somebody has changed something that has a number and a title.
    func changed(
        _ who: String, _ action: String, _ noun: String, _ number: String, _ title: String?,
        _ place: String
    ) -> String {
        let (verb, isKnown) = verb(action)
        let rest = isKnown || action.isEmpty ? "" : " (\(action))"
        let thing = number.isEmpty ? noun : "\(noun) \(number)"
        return say(
            "\(who) \(verb) \(thing)\(quotedBehind(title)) de \(place)\(rest)",
            "\(who) \(verb) \(thing)\(quotedBehind(title)) in \(place)\(rest)")
    }

    /// Returns the verb for an action of GitHub's or GitLab's; false if it says less than that.
    private func verb(_ action: String) -> (String, isKnown: Bool) {
        switch action {
        case "opened", "open": (say("ha abierto", "opened"), true)
        case "created", "create": (say("ha creado", "created"), true)
        case "closed", "close": (say("ha cerrado", "closed"), true)
        case "reopened", "reopen": (say("ha reabierto", "reopened"), true)
        case "merged", "merge": (say("ha fusionado", "merged"), true)
        case "approved", "approval": (say("ha aprobado", "approved"), true)
        case "deleted", "delete": (say("ha borrado", "deleted"), true)
        default: (say("ha cambiado", "changed"), false)
        }
    }

    func commented(
        _ who: String, _ number: String, _ title: String?, _ place: String, _ body: String?
    ) -> String {
        say(
            "\(who) ha comentado \(number)\(quotedBehind(title)) de \(place)\(colon(body))",
            "\(who) commented on \(number)\(quotedBehind(title)) in \(place)\(colon(body))")
    }

    func reviewed(
        _ who: String, _ state: String, _ number: String, _ title: String?, _ place: String,
        _ body: String?
    ) -> String {
        let verb =
            switch state {
            case "approved": say("ha aprobado", "approved")
            case "changes_requested": say("ha pedido cambios en", "requested changes on")
            default: say("ha revisado", "reviewed")
            }
        return say(
            "\(who) \(verb) \(number)\(quotedBehind(title)) de \(place)\(colon(body))",
            "\(who) \(verb) \(number)\(quotedBehind(title)) in \(place)\(colon(body))")
    }

    func released(_ who: String, _ name: String, _ place: String) -> String {
        say(
            "\(who) ha publicado \(quoted(name)) de \(place)",
            "\(who) released \(quoted(name)) of \(place)")
    }

    func forked(_ who: String, _ place: String) -> String {
        say("\(who) ha hecho un fork de \(place)", "\(who) forked \(place)")
    }

    func starred(_ who: String, _ place: String) -> String {
        say("\(who) ha marcado \(place) con una estrella", "\(who) starred \(place)")
    }

    func connected(_ place: String) -> String {
        say("los eventos de \(place) llegan aquí", "events from \(place) are sent here")
    }

    func otherEvent(_ event: String, _ place: String, _ who: String) -> String {
        say("evento \(event) de \(place), por \(who)", "event \(event) from \(place), by \(who)")
    }

    // MARK: - Runs

    func finished(
        _ name: String, _ result: String, _ branch: String?, _ place: String
    ) -> String {
        let location = branch.map { say("\($0) de \(place)", "\($0) in \(place)") } ?? place
        return say(
            "\(quoted(name)) \(result) en \(location)", "\(quoted(name)) \(result) on \(location)")
    }

    func deployed(_ environment: String, _ result: String, _ place: String) -> String {
        say(
            "el despliegue de \(place) en \(environment) \(result)",
            "the deployment of \(place) to \(environment) \(result)")
    }

    /// Returns the words for a result of GitHub's or GitLab's.
    func result(_ word: String) -> String {
        switch word {
        case "success": say("ha terminado bien", "succeeded")
        case "failure", "failed", "error": say("ha fallado", "failed")
        case "cancelled", "canceled": say("se ha cancelado", "was cancelled")
        case "skipped": say("se ha omitido", "was skipped")
        case "timed_out": say("no ha terminado a tiempo", "timed out")
        case "running", "in_progress": say("está en marcha", "is running")
        default: say("está en «\(word)»", "is “\(word)”")
        }
    }
}

// Sentences about alerts.
extension Phrases {
    /// Says that `count` alerts are firing or resolved; the caller appends their texts.
    func alert(
        _ name: String, _ severity: String?, isFiring: Bool, _ count: Int, resolved: Int
    ) -> String {
        let level = severity.map { " (\($0))" } ?? ""
        guard isFiring else {
            let number = count == 1 ? "" : say(", \(count) avisos", ", \(count) alerts")
            return say("Resuelto: \(name)\(level)\(number)", "Resolved: \(name)\(level)\(number)")
        }
        let number = count == 1 ? "" : say(", \(count) avisos", ", \(count) alerts")
        let over = resolved == 0 ? "" : say(", \(resolved) resueltos", ", \(resolved) resolved")
        return say(
            "Alerta: \(name)\(level)\(number)\(over)", "Alert: \(name)\(level)\(number)\(over)")
    }
}
