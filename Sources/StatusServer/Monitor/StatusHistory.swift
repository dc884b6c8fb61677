import Locking
import MessageBus
import Metrics
import TimeUnits

/// The last hour in figures: for each few seconds how much each bridge brought in, what waited, and
/// how long a message took.
///
/// Safe from any thread.
package final class StatusHistory: Sendable {
    /// The figures of one interval.
    package struct Sample: Sendable {
        /// The end of the interval, by the wall clock.
        package let time: Timestamp
        /// The bridges, in the order of the other lists.
        package let bridges: [String]
        /// Messages a second that passed, of each bridge.
        package let rates: [Float]
        /// Messages that wait for each bridge's readers.
        package let waiting: [Int32]
        /// The seconds that half of the messages needed at most; `nil` if there were none.
        package let median: Double?
        /// The seconds that 99 of 100 messages needed at most.
        package let slowest: Double?
    }

    private struct Contents {
        /// A ring: the oldest sample is at `next` once it is full.
        var samples: [Sample] = []
        var next = 0
        var last: (passed: [String: UInt64], messages: Histogram, time: MonotonicTime)?
    }

    private let contents = Locked(Contents())

    /// The time between two samples: short enough to see what happens now.
    package static let interval: Duration = .seconds(5)
    /// Samples of an hour.
    static let maxSamples = 720
    /// Bridges that are shown each by itself; with an hour of them that is about 2 MiB.
    static let maxBridges = 200

    /// Makes an empty history.
    package init() {}

    /// Adds the figures of the interval that ends with a report.
    ///
    /// - Parameter now: the time of a clock that never jumps.
    func record(_ report: BusReport, at now: MonotonicTime) {
        let bridges = report.bridges.prefix(Self.maxBridges)
        contents.withLock { contents in
            defer {
                contents.last = (
                    Dictionary(bridges.map { ($0.name, $0.passed) }) { $1 }, report.messages, now
                )
            }
            guard let last = contents.last, now > last.time else { return }
            let seconds = Float((now - last.time).inNanoseconds) / 1e9
            let recent = report.messages.since(last.messages)
            let names = contents.samples.last.map(\.bridges) ?? []
            let present = bridges.map(\.name)
            let sample = Sample(
                time: report.time,
                // The same array as long as there are the same bridges.
                bridges: names == present ? names : present,
                rates: bridges.map { bridge in
                    let before = last.passed[bridge.name] ?? 0
                    return Float(bridge.passed - min(before, bridge.passed)) / seconds
                },
                waiting: bridges.map { Int32(clamping: $0.waiting) },
                median: recent.quantile(0.5), slowest: recent.quantile(0.99))
            if contents.samples.count < Self.maxSamples {
                contents.samples.append(sample)
            } else {
                contents.samples[contents.next] = sample
                contents.next = (contents.next + 1) % Self.maxSamples
            }
        }
    }

    /// The samples, the oldest first.
    package var samples: [Sample] {
        contents.withLock { Array($0.samples[$0.next...] + $0.samples[..<$0.next]) }
    }

    /// The newest sample.
    package var newest: Sample? {
        contents.withLock { contents in
            contents.next == 0 ? contents.samples.last : contents.samples[contents.next - 1]
        }
    }
}
