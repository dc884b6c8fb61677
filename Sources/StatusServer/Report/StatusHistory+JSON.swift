import JSON
import MessageBus

extension StatusHistory {
    /// The last hour for the page: times in milliseconds since 1970, and for each bridge as many
    /// figures as there are times, null where the bridge was not there.
    package var json: JSON {
        let samples = samples
        var names: [String] = []
        for sample in samples {
            for name in sample.bridges where !names.contains(name) { names.append(name) }
        }
        let indices = samples.map { sample in
            Dictionary(zip(sample.bridges, 0...)) { first, _ in first }
        }
        func series(_ value: (Sample, Int) -> JSON) -> JSON {
            .list(
                names.map { name in
                    .list(
                        zip(samples, indices).map { sample, index in
                            index[name].map { value(sample, $0) } ?? .null
                        })
                })
        }
        return .object([
            "times": .list(samples.map { .integer($0.time.milliseconds) }),
            "bridges": .list(names.map { .text($0) }),
            "rates": series { .real((Double($0.rates[$1]) * 100).rounded() / 100) },
            "waiting": series { .integer(Int64($0.waiting[$1])) },
            "median": .list(samples.map { $0.median.map { .real($0) } ?? .null }),
            "slowest": .list(samples.map { $0.slowest.map { .real($0) } ?? .null }),
        ])
    }
}
