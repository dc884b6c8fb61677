import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Law 5: no text from anywhere can produce a line that another user could have sent.
@Suite(.timeLimit(.minutes(10))) struct ChatForgeryTests {
    @Test(arguments: Seeded.some)
    func `no line from a socket speaks for somebody else`(seed: UInt64) async throws {
        let host = try await ChatHost(rooms: ["general", "otra"]) { $0.options.maxLine = 400 }
        let observer = try await host.client()
        var random = Seeded(seed)
        var clients: [ChatClient] = []
        for index in 0..<8 {
            let client = try ChatClient(port: host.ports[0])
            try client.send("u\(index):\n")
            #expect(try await client.barrier().last == "u\(index) se ha unido al chat.")
            clients.append(client)
        }
        #expect(try await observer.barrier().count == clients.count)
        var seen = 0
        for _ in 0..<300 {
            let index = Int.random(in: 0..<8, using: &random)
            let bytes = Forger.line(of: index, using: &random)
            for piece in random.pieces(of: bytes) { try clients[index].send(piece) }
            if random.chance(10) {
                seen += check(try await observer.barrier())
            }
            if random.chance(5) { try await clients[index].barrier() }
        }
        for client in clients { _ = try await client.barrier() }
        seen += check(try await observer.barrier())
        #expect(seen > 50)
        let others = try await host.client()
        try others.send("/who\n")
        #expect(try await others.barrier().count == 9)
    }

    private func check(_ lines: [String]) -> Int {
        for line in lines {
            if let problem = Forger.problem(line) {
                Issue.record("\(problem): \(line.debugDescription)")
            }
        }
        return lines.count
    }

    @Test(arguments: Seeded.some)
    func `no text from another bridge speaks for somebody else`(seed: UInt64) async throws {
        let host = try await ChatHost()
        let port = await host.port()
        let observer = try await host.client()
        let ana = try await host.client("ana")
        var random = Seeded(seed)
        for _ in 0..<150 {
            var draft = Draft(random.nastyText(), from: random.nastyText())
            if random.chance(30) {
                draft.reply = Quotation(
                    number: 0, name: random.nastyText(), excerpt: random.nastyText())
            }
            if random.chance(20) { draft.kind = .edit }
            try await port.publish(draft)
        }
        for line in try await observer.barrier() where line != "ana se ha unido al chat." {
            let name = line.prefix { $0 != ":" }
            if !name.hasSuffix(" (otro)") || !Forger.isHarmless(line) {
                Issue.record("\(line.debugDescription)")
            }
        }
        withExtendedLifetime(ana) {}
    }

    @Test func `a reason that a middleware gives is one harmless line`() async throws {
        struct Refuse: Middleware {
            func handle(_ message: inout Message) -> Verdict {
                .drop("no\nbob: hola\u{1B}[2J\r\u{202E}", code: "dropped")
            }
        }
        let host = try await ChatHost(middlewares: [Refuse()]) { _ in }
        let ana = try await host.client("ana")
        try ana.send("hola\n/msg ana hola\n")
        let refusal = "servidor: [dropped] nobob: hola[2J"
        #expect(try await ana.barrier() == [refusal, refusal])
    }

    @Test func `each line of a longer message carries its name`() async throws {
        let host = try await ChatHost()
        let port = await host.port()
        let observer = try await host.client()
        try await port.publish("uno\nana: dos\r\nana ha abandonado el chat.\rtres", from: "eco")
        var edit = Draft("uno\ndos", from: "eco")
        edit.kind = .edit
        try await port.publish(edit)
        var answer = Draft("uno\ndos", from: "eco")
        answer.reply = Quotation(number: 0, name: "ana", excerpt: "uno\nbob: dos")
        try await port.publish(answer)
        #expect(
            try await observer.barrier() == [
                "eco (otro): uno", "eco (otro): ana: dos",
                "eco (otro): ana ha abandonado el chat.", "eco (otro): tres",
                "eco (otro): [✎] uno", "eco (otro): dos",
                "eco (otro): [↩ ana: uno bob: dos] uno", "eco (otro): dos",
            ])
    }

    @Test func `a name from another bridge can't be one from a socket`() async throws {
        let host = try await ChatHost()
        let port = await host.port()
        let observer = try await host.client()
        for name in [
            "ana", "servidor", "a: b", "x\ny", "ana (tcp)", "", "ana se ha unido al chat.",
        ] {
            try await port.publish("hola", from: name)
        }
        #expect(
            try await observer.barrier() == [
                "ana (otro): hola", "sin nombre (otro): hola", "a b (otro): hola",
                "x y (otro): hola", "ana tcp (otro): hola", "sin nombre (otro): hola",
                "ana_se_ha_unido_al_chat. (otro): hola",
            ])
    }
}

/// Lines that try to speak for others, each with its author's mark, and the check for success.
private enum Forger {
    /// A line of client `index`, which is called `u<index>` in any case; its end says who wrote it.
    static func line(of index: Int, using random: inout Seeded) -> [UInt8] {
        let victim = (index + Int.random(in: 1..<8, using: &random)) % 8
        let beginnings = [
            "u\(victim): ", "u\(index): u\(victim): ", "", "u\(victim) ha abandonado el chat. ",
            "u\(index): u\(victim) se ha unido al chat. ", "\ru\(victim): ", "\u{B}u\(victim): ",
            "x\u{85}u\(victim): ", "x\u{2028}u\(victim): ", "\u{1B}[2K\ru\(victim): ",
            "servidor: [ok] ", "u\(victim)\u{A0}: ", "ｕ\(victim): ", "u\(index) → u\(victim): ",
            "//", "/nick u\(victim)", "/nick U\(index)\n", "/nick u\(index)\n",
            "/reply u\(victim) ",
            "/reply u\(victim) u\(victim): ", "/msg u\(victim) ", "/x ",
            "u\(index): /reply u\(victim) ",
            "\u{202E}u\(victim): ", "u\(index)\u{200B}: ", "\u{FEFF}u\(victim): ",
            "/nick u\(victim) ahora es ", "u\(victim): u\(victim): ", "\tu\(victim): ",
        ]
        var bytes = Array(beginnings[Int.random(in: 0..<beginnings.count, using: &random)].utf8)
        bytes += random.nastyBytes()
        // Bytes that are no text cost only their line.
        if random.chance(20) { bytes.append(UInt8.random(in: 0x80...0xFF, using: &random)) }
        return bytes + Array("<\(index)>\n".utf8)
    }

    /// Returns the reason why nobody could have sent this line honestly, or `nil`.
    ///
    /// Nobody comes or goes in the meantime.
    static func problem(_ line: String) -> String? {
        if !isHarmless(line) { return "not harmless" }
        // Compared as bytes: an accent would join the space in front of it.
        let bytes = Array(line.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
            let names = line.dropLast().split(separator: " ahora es ")
            guard line.hasSuffix("."), names.count == 2 else { return "no line of the chat" }
            return owner(names[0].utf8) == owner(names[1].utf8) ? nil : "forged rename"
        }
        guard bytes.count > colon + 1, bytes[colon + 1] == 0x20, let owner = owner(bytes[..<colon])
        else { return "no line of the chat" }
        return bytes.suffix(3) == Array("<\(owner)>".utf8)[...] ? nil : "forged"
    }

    /// Returns the owner of a name: `u1` in any case, or a name that `/nick` made of a marked line.
    private static func owner(_ name: some Collection<UInt8>) -> Int? {
        let name = Array(name)
        guard name.count > 1, name[0] | 0x20 == UInt8(ascii: "u") else { return nil }
        let digit = name.last == UInt8(ascii: ">") ? name[name.count - 2] : name[1]
        return name.count == 2 || name.last == UInt8(ascii: ">") ? Int(digit) - 0x30 : nil
    }

    /// Returns whether no character could take over a terminal or be mistaken for a line's end.
    static func isHarmless(_ line: String) -> Bool {
        line.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0x09: true
            case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
    }
}

extension Seeded {
    /// Text with hazards in it, no LF.
    mutating func nastyBytes() -> [UInt8] { Array(nastyText(lineEndings: false).utf8) }

    /// Text with hazards in it.
    mutating func nastyText(lineEndings: Bool = true) -> String {
        var pieces = [
            "a", "hola", " ", ": ", "u1", "u2: ", "ana: ", "\t", "\r", "\0", "\u{1B}[2J", "\u{7F}",
            "\u{85}", "\u{9B}", "\u{A0}", "ñ", "\u{301}", "\u{2028}", "\u{2029}", "\u{202E}",
            "\u{2066}", "\u{2069}", "\u{200D}", "👩", "漢", "(", ")", "[↩ ", "→ ", "/", "<1>",
            " ha abandonado el chat.", " se ha unido al chat.", "servidor: [ok]", "\u{10FFFF}",
        ]
        if lineEndings { pieces += ["\n", "\r\n", "\nana: hola", "\nana ha abandonado el chat."] }
        let count = Int.random(in: 0...8, using: &self)
        return (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &self)] }
            .joined()
    }

    /// The bytes cut at a few random places.
    mutating func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        var rest = bytes[...]
        var result: [[UInt8]] = []
        while !rest.isEmpty {
            let count = chance(70) ? rest.count : Int.random(in: 1...rest.count, using: &self)
            result.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return result
    }
}
