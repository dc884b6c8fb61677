import MessageBus
import TestSupport
import Testing

@testable import NATSBridge

@Suite struct FleetGaugesTests {
    private func notes(_ change: (inout StreamState) -> Void) -> [String] {
        var state = Broker.State(position: StreamPosition(), sent: StreamPosition())
        change(&state.stream)
        return BridgeGauges(state, [:], at: .start).notes
    }

    @Test func `who leads is told where there is more than one server`() {
        let alone = notes { $0.leader = "NCMN4ZJ5" }
        #expect(!alone.contains { $0.contains("led by") })
        let cluster = notes {
            $0.leader = "b1"
            $0.replicas = [
                .init(name: "b2", isCurrent: true), .init(name: "b3", isCurrent: false),
            ]
        }
        #expect(cluster.contains("led by b1; copies on b2, b3 (behind)"))
        let headless = notes { $0.replicas = [.init(name: "b2", isCurrent: true)] }
        #expect(headless.contains("led by nobody; copies on b2"))
    }
}
