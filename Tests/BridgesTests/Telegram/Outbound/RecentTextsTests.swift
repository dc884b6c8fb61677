import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TelegramBridge

@Suite struct RecentTextsTests {
    private func hash(_ number: Int) -> TextHash { TextHash(of: "text \(number)") }

    @Test func `the last two thousand are remembered, and no more`() {
        var texts = RecentTexts()
        for number in 0..<5_000 { texts.record(hash(number), of: "-1/\(number)") }
        let known = (0..<5_000).filter { texts["-1/\($0)"] != nil }
        #expect((1_920...2_048).contains(known.count))
        #expect(known == Array((5_000 - known.count)..<5_000))
    }

    @Test(arguments: Seeded.some)
    func `what is kept piece by piece is remembered after a restart`(seed: UInt64) {
        var random = Seeded(seed)
        var texts = RecentTexts()
        var disk: [String: [UInt8]] = [:]
        for _ in 0..<400 {
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                let message = Int.random(in: 0..<3_000, using: &random)
                texts.record(hash(Int.random(in: 0..<9, using: &random)), of: "-1/\(message)")
            }
            for checkpoint in texts.drainCheckpoints() {
                #expect(checkpoint.state.count <= 8 + 128 * 16)
                disk[checkpoint.key] = checkpoint.state
            }
            #expect(disk.count <= 16)
            guard Int.random(in: 0..<10, using: &random) == 0 else { continue }
            let again = RecentTexts(checkpoints: disk)
            #expect(again == texts)
            texts = again
        }
        #expect(texts.drainCheckpoints() == [])
    }

    @Test func `what is recorded again is not written again`() {
        var texts = RecentTexts()
        texts.record(hash(1), of: "-1/1")
        #expect(texts.drainCheckpoints().map(\.key) == ["texts 0"])
        texts.record(hash(1), of: "-1/1")
        #expect(texts.drainCheckpoints() == [])
    }

    @Test func `what is no page counts as nothing`() {
        for state in [[], [1], Array(repeating: 7, count: 16), Array(repeating: 0, count: 5_000)]
            as [[UInt8]]
        {
            #expect(
                RecentTexts(checkpoints: ["texts 0": state, "texts x": state]) == RecentTexts())
        }
    }
}
