import JSON
import MessageBus
import TimeUnits

/// A trial of a broker for `puente check --connect`, which stores and makes nothing there.
struct BrokerCheck: Sendable {
    let settings: StreamSettings
    /// The shared rooms, as the fleet calls them.
    let rooms: [String]
    /// The name of our store; `nil` if it has none yet.
    let store: String?
    /// A connection to one of its servers.
    let connection: BrokerConnection

    /// The time for each question: there are ten seconds for the check, three of which
    /// connecting may take.
    private static let deadline: Duration = .seconds(2)

    /// Checks the stream, and the rights of this instance; blocks.
    func findings() -> [ConnectionFinding] {
        var isThere = true
        var findings: [ConnectionFinding] = []
        do throws(BrokerError) {
            var inbox = try BrokerInbox(connection)
            let answer = try inbox.call("STREAM.INFO.\(settings.name)", within: Self.deadline)
            findings.append(finding(of: answer))
        } catch {
            isThere = false
            guard error.code == BrokerError.noStream else {
                return [.fails("\(error): turn JetStream on, and allow what the bridge needs")]
            }
            findings.append(
                .works("there is no stream \(settings.name) yet: the first instance makes it"))
        }
        do throws(BrokerError) {
            if let missing = try missingRight(isThere: isThere) {
                return findings + [.fails("\(missing): allow it in the broker's configuration")]
            }
        } catch {
            return findings + [.fails("\(error)")]
        }
        findings.append(
            store == nil
                ? .untried("the store has no name yet: it gets one at the first start")
                : .works("everything that the bridge does there is allowed"))
        return findings
    }

    private func finding(of answer: JSON) -> ConnectionFinding {
        let stream = StreamState(answer)
        if let reason = StreamState.reasonToRefuse(answer) {
            return .fails("\(reason): change it, or choose another with \"stream\"")
        }
        let subjects = answer["config"]["subjects"].elements.compactMap(\.string)
        for room in rooms {
            let own = FleetSubject.room(room, from: store ?? "store")
            if subjects.contains(where: { FleetSubject.matches(own, $0) }) { continue }
            return .fails(
                """
                the stream \(stream.name) does not take \(own), only \
                \(subjects.joined(separator: ", ")): add \(FleetSubject.all)
                """)
        }
        let copies = stream.replicas.count + 1
        return .works(
            """
            the stream \(stream.name) has messages \(stream.first) to \(stream.last), \
            \(copies) \(copies == 1 ? "copy" : "copies")
            """)
    }

    /// Returns the server's words about the first right that this instance lacks.
    private func missingRight(isThere: Bool) throws(BrokerError) -> String? {
        let name = settings.name
        // Without a body none of this is carried out, only refused.
        let questions =
            isThere
            ? [
                "STREAM.MSG.GET.\(name)", "CONSUMER.CREATE.\(name)",
                "CONSUMER.INFO.\(name).none", "CONSUMER.MSG.NEXT.\(name).none",
            ] : ["STREAM.CREATE.\(name)"]
        var subjects = questions.map { "$JS.API.\($0)" }
        if let store {
            subjects += rooms.map { FleetSubject.room($0, from: store) }
            // The message is for nobody: there is never an instance of that name.
            subjects.append(FleetSubject.live(from: store, to: "none"))
        }
        for subject in subjects {
            try connection.publishNothing(to: subject)
            if let complaint = try connection.newComplaint(within: Self.deadline) {
                return complaint
            }
        }
        let heard =
            [FleetSubject.live(from: "*")]
            + (store.map { [FleetSubject.live(from: "*", to: $0)] } ?? [])
        for subject in heard {
            _ = try connection.subscribe(to: subject)
            if let complaint = try connection.newComplaint(within: Self.deadline) {
                return complaint
            }
        }
        return nil
    }
}
