import Chat
import MessageBus
import Testing
import TestSupport

@testable import NATSBridge

@Suite struct WireTests {
    private var batch: FleetBatch {
        var first = FleetRecord(number: 300)
        (first.name, first.bridge, first.text) = ("Eva", "telegram", "hola\nmundo ñ")
        first.time = 1_700_000_000_123
        first.quoted = .init(
            message: FleetReference(store: "abc", number: 7), name: "bob", excerpt: "qué…")
        first.isAutomatic = true
        first.attachment = .max
        var second = FleetRecord(number: 1 << 53)
        second.kind = .edit
        second.subject = FleetReference(store: "abc", number: 1 << 40)
        second.isContinuation = true
        return FleetBatch(from: "norte", index: 12, [first, second, FleetRecord(number: 0)])
    }

    @Test func `a batch is read as it was written`() throws {
        let bytes = batch.encoded
        #expect(bytes.withUnsafeBytes { FleetBatch($0) } == batch)
        let again = FleetBatch(from: "ñ", index: nil)
        #expect(again.encoded.withUnsafeBytes { FleetBatch($0) } == again)
    }

    @Test func `a batch that is cut anywhere is none, and rubbish neither`() {
        let bytes = batch.encoded
        for end in 0..<bytes.count {
            #expect(bytes[..<end].withUnsafeBytes { FleetBatch($0) } == nil, "\(end)")
        }
        var random = Seeded(17)
        for _ in 0..<2_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                changed[Int.random(in: 0..<changed.count, using: &random)] =
                    UInt8.random(in: 0...255, using: &random)
            }
            // It may be a batch by chance; it must not be read beyond its end.
            _ = changed.withUnsafeBytes { FleetBatch($0) }
        }
    }

    @Test(arguments: [1 << 53 + 1, 1 << 63 - 1, .max] as [UInt64])
    func `a number that no message can have is none`(number: UInt64) {
        func read(_ batch: FleetBatch) -> FleetBatch? {
            batch.encoded.withUnsafeBytes { FleetBatch($0) }
        }
        var reply = FleetRecord(number: 1)
        reply.quoted = .init(
            message: FleetReference(store: "abc", number: number), name: "", excerpt: "")
        var deletion = FleetRecord(number: 2)
        deletion.kind = .deletion
        deletion.subject = FleetReference(store: "abc", number: number)
        let records = [FleetRecord(number: number), reply, deletion, FleetRecord(number: 3)]
        let batch = read(FleetBatch(from: "e", index: 1 << 53 - 1, records))
        #expect(batch?.records == [FleetRecord(number: 3)])
        #expect(batch?.unread == 3)
        #expect(read(FleetBatch(from: "e", index: number - 1, records)) == nil)
        #expect(DeliveryMetadata("$JS.ACK.PUENTE.abc.1.\(number).3.1.4") == nil)
        #expect(DeliveryMetadata("$JS.ACK.PUENTE.abc.1.3.\(number).1.4") == nil)
        #expect(DeliveryMetadata("$JS.ACK.PUENTE.abc.1.3.3.1.\(number)") == nil)
        #expect(InstanceProgress(Array("\(number) 1 0".utf8)) == nil)
        #expect(InstanceProgress(Array("1 \(number) 0".utf8)) == nil)
    }

    @Test func `a record of a later kind is passed over`() {
        var (writer, scratch) = (ByteWriter(), ByteWriter())
        writer.append(UInt64(1))
        writer.append(UInt8(99))
        FleetRecord(number: 5).write(to: &writer, &scratch)
        let bytes = FleetBatch.encoded("sur", index: 0, count: 2, writer.bytes)
        let read = bytes.withUnsafeBytes { FleetBatch($0) }
        #expect(read?.records == [FleetRecord(number: 5)])
        #expect(read?.unread == 1)
    }

    @Test func `places are read from reply subjects of both versions`() {
        let old = DeliveryMetadata("$JS.ACK.PUENTE.abc.1.12.3.1700000000000000001.4")
        #expect(old?.consumer == "abc")
        #expect(old?.sequence == 12)
        #expect(old?.count == 3)
        #expect(old?.time == "1700000000000000001")
        #expect(old?.pending == 4)
        let new = DeliveryMetadata("$JS.ACK._.hash.PUENTE.abc.1.12.3.1700000000000000001.4.x")
        #expect(new == old)
        #expect(DeliveryMetadata("$JS.ACK.PUENTE") == nil)
        #expect(DeliveryMetadata("") == nil)
    }

    @Test func `checkpoints are read as they were written`() {
        let position = StreamPosition(
            created: "2026-11-29T19:00:00.1Z", sequence: 9, mark: "77")
        #expect(StreamPosition(position.state) == position)
        #expect(StreamPosition(StreamPosition().state) == StreamPosition())
        #expect(StreamPosition([]) == nil)
        // As earlier versions have written it.
        #expect(StreamPosition(position.state + Array(" 1".utf8)) == position)
        var progress = OutboxProgress()
        (progress.count, progress.last) = (5, 99)
        #expect(OutboxProgress(progress.state) == progress)
    }

    @Test func `names are shown with their instance`() {
        #expect(FleetNames.parts(of: "Eva") == ("Eva", ""))
        #expect(FleetNames.parts(of: "Eva (telegram)") == ("Eva", "telegram"))
        #expect(FleetNames.parts(of: "(telegram)") == ("(telegram)", ""))
        #expect(FleetNames.parts(of: "a(b)") == ("a(b)", ""))
        let names = FleetNames(format: "{name} ({instance})", phrases: .init(.es))
        #expect(names.shown("Eva", bridge: "", instance: "norte") == "Eva (norte)")
        #expect(
            names.shown("Eva", bridge: "telegram", instance: "norte") == "Eva (telegram, norte)")
        #expect(names.shown("servidor", bridge: "", instance: "norte") == "servidor (norte)")
        #expect(names.shown("a: (b)", bridge: "", instance: "x) y") == "a b (x y)")
    }
}
