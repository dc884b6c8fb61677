import TestSupport
import Testing

@testable import MessageBus

/// Whatever bridge brings an answer in: what it quotes comes from the log, or has passed the
/// chains.
@Suite(.timeLimit(.minutes(10))) struct QuotationTests {
    private struct Reject: Middleware {
        let word: String
        func handle(_ message: inout Message) -> Verdict {
            message.body.contains(word) ? .drop("no") : .pass
        }
    }

    private struct Mask: Middleware {
        var count = 0
        var most = 4
        mutating func handle(_ message: inout Message) -> Verdict {
            count += 1
            message.text = message.text.replacing("clave", with: "•••")
            // Copies judge what is quoted: otherwise that would be too much.
            return count > most ? .drop("too much") : .pass
        }
    }

    private func said(
        quoting reply: Quotation, room: String? = nil, on port: Port
    ) async throws -> Quotation? {
        var draft = Draft("sí", from: "bob")
        draft.reply = reply
        draft.room = room
        let receipt = try await port.publish(draft)
        return try await port.message(numbered: receipt.number)?.reply
    }

    @Test func `words from outside pass both chains, or nothing is quoted`() async throws {
        let test = try TestBus(middlewares: [Reject(word: "casino"), Mask()])
        let port = await test.port("a", middlewares: [Reject(word: "tragaperras")])
        for word in ["casino", "tragaperras"] {
            #expect(
                try await said(
                    quoting: Quotation(number: 0, name: "eva", excerpt: "el \(word)"), on: port)
                    == nil)
        }
        #expect(
            try await said(
                quoting: Quotation(number: 0, name: "eva", excerpt: "mi clave"), on: port)
                == Quotation(number: 0, name: "eva", excerpt: "mi •••"))
        #expect(await port.judged(Draft("la clave", from: "eva")) == "la •••")
        #expect(await port.judged(Draft("al casino", from: "eva")) == nil)
    }

    @Test func `the log's words count, not those a bridge gives`() async throws {
        let test = try TestBus(rooms: ["a", "b"], middlewares: [Mask()])
        let port = await test.port("x", room: "a", senderFormat: "{name}")
        let number = try await port.publish("mi clave", from: "eva").number
        let made = Quotation(number: number, name: "ana", excerpt: "mi clave")
        #expect(
            try await said(quoting: made, on: port)
                == Quotation(number: number, name: "eva", excerpt: "mi •••"))
        // In another room its number is of no use.
        #expect(
            try await said(quoting: made, room: "b", on: port)
                == Quotation(number: 0, name: "eva", excerpt: "mi •••"))
    }

    @Test func `what was dropped is remembered by its name elsewhere`() async throws {
        let test = try TestBus(middlewares: [Reject(word: "casino")])
        let port = await test.port("a")
        let drafts = ["hola", "casino"].enumerated().map { index, text in
            var draft = Draft(text, from: "eva")
            draft.origin = Origin(channel: "-1", remoteID: "\(index)")
            draft.isLinked = true
            return draft
        }
        let receipts = try await port.publish(drafts, checkpoints: [])
        #expect(try await port.numbers(of: "0", in: "-1") == [receipts[0].number])
        #expect(try await port.numbers(of: "1", in: "-1") == [])
        #expect(try await !port.wasDropped("0", in: "-1"))
        #expect(try await port.wasDropped("1", in: "-1"))
        #expect(try await !port.wasDropped("1", in: "-2"))
    }

    @Test func `an outgoing chain judges what is quoted too`() async throws {
        let test = try TestBus()
        let port = await test.port("a", senderFormat: "{name}")
        let reader = await test.port(
            "b", outgoing: [Reject(word: "casino"), Mask(most: 6)])
        let long = "nada que ver con lo que viene detrás, que es un casino"
        for text in [long, "mi clave", "hola"] {
            let receipt = try await port.publish(text, from: "eva")
            var draft = Draft("sí", from: "bob")
            draft.reply = Quotation(number: receipt.number, name: "eva", excerpt: text)
            try await port.publish(draft)
        }
        var excerpts: [String?] = []
        for await message in reader.messages where message.text == "sí" {
            excerpts.append(message.reply?.excerpt)
            if excerpts.count == 2 { break }
        }
        #expect(excerpts == [nil, "mi •••"])
    }
}
