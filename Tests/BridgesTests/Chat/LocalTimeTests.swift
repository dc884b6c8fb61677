import Foundation
import MessageBus
import Testing

@testable import Chat

@Suite struct LocalTimeTests {
    @Test(arguments: [
        0, -1, -1_001, 999, 951_782_399_999, 951_868_800_000, 1_711_846_799_000, 1_711_850_400_000,
        1_795_352_710_500, 4_102_444_800_000,
    ])
    func `times are written in the daemon's time zone`(milliseconds: Int64) {
        var bytes: [UInt8] = []
        LocalTime.append(Timestamp(milliseconds: milliseconds), to: &bytes)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .current
        let whole = (Double(milliseconds) / 1_000).rounded(.down)
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second],
            from: Date(timeIntervalSince1970: whole))
        let expected = String(
            format: "%04d-%02d-%02d %02d:%02d:%02d", parts.year ?? 0, parts.month ?? 0,
            parts.day ?? 0, parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}
