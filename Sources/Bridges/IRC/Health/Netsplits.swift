import TimeUnits

/// The parts of the network that are cut off, and the people who are gone with them; the rooms are
/// told of them together, not one by one.
struct Netsplits: Sendable {
    /// People who are gone together, or back.
    struct Change: Sendable, Equatable {
        /// The bus's name for the channel.
        let channel: String
        let people: Int
        /// The servers between which the network has split; `nil` if the people are back.
        let servers: String?
    }

    private struct Group: Sendable, Equatable {
        var people = 0
        var servers: String?
        var last: MonotonicTime
    }

    private var departures: [String: Group] = [:]
    private var returns: [String: Group] = [:]
    /// Those who are gone, from where, and when they went.
    private var absent: [String: (channels: Set<String>, since: MonotonicTime)] = [:]

    /// The time without further changes after which the rooms are told.
    private static let settling: Duration = .seconds(2)
    /// The time after which somebody who comes back counts as somebody who has just come.
    private static let memory: Duration = .seconds(3_600)
    /// The most people remembered.
    private static let maxAbsent = 20_000

    /// Makes a record in which nobody is gone.
    init() {}

    /// Returns whether the words of a QUIT are those of a netsplit: the names of two servers.
    static func isSplit(_ reason: String) -> Bool {
        let words = reason.split(separator: " ", omittingEmptySubsequences: false)
        return words.count == 2
            && words.allSatisfy { word in
                let labels = word.split(separator: ".", omittingEmptySubsequences: false)
                return labels.count > 1 && word.utf8.count <= 63
                    && labels.allSatisfy { label in
                        !label.isEmpty
                            && label.allSatisfy {
                                $0.isASCII && ($0.isLetter || $0.isNumber) || "-*_".contains($0)
                            }
                    }
            }
    }

    /// Returns whether somebody is gone from a channel with a part of the network.
    func isAbsent(_ key: String, from channel: String) -> Bool {
        absent[key]?.channels.contains(channel) ?? false
    }

    /// Records that somebody is gone.
    mutating func recordDeparture(
        of key: String, from channel: String, servers: String, at now: MonotonicTime
    ) {
        departures[channel, default: Group(servers: servers, last: now)].people += 1
        departures[channel]?.last = now
        if absent.count < Self.maxAbsent {
            absent[key, default: ([], now)].channels.insert(channel)
        }
    }

    /// Records that somebody is back.
    mutating func recordReturn(of key: String, to channel: String, at now: MonotonicTime) {
        returns[channel, default: Group(last: now)].people += 1
        returns[channel]?.last = now
        absent[key]?.channels.remove(channel)
    }

    /// Removes and returns the changes that the rooms are now to be told.
    mutating func removeSettled(_ now: MonotonicTime) -> [Change] {
        var changes: [Change] = []
        for (channel, group) in departures where now - group.last >= Self.settling {
            departures[channel] = nil
            changes.append(
                Change(channel: channel, people: group.people, servers: group.servers ?? "?"))
        }
        for (channel, group) in returns where now - group.last >= Self.settling {
            returns[channel] = nil
            changes.append(Change(channel: channel, people: group.people, servers: nil))
        }
        if !absent.isEmpty {
            absent = absent.filter { now - $0.value.since < Self.memory }
        }
        return changes.sorted { $0.channel < $1.channel }
    }
}
