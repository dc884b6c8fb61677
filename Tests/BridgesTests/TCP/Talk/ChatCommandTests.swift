import MessageBus
import TestSupport
import Testing

@testable import Chat
@testable import TCPBridge

/// Commands, over real sockets.
@Suite(.timeLimit(.minutes(10))) struct ChatCommandTests {
    @Test func `commands work behind one's own name and in any case`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client()
        try ana.send("ana: /who\nana: /WHO\n/Nick eva\neva: /nick ana\n")
        let list = ["servidor: [info] ana (tcp)", "servidor: [ok] 1"]
        #expect(
            try await ana.barrier()
                == ["ana se ha unido al chat."] + list + list
                + ["ana ahora es eva.", "eva ahora es ana."])
    }

    @Test func `help lists each command once`() async throws {
        let host = try await ChatHost()
        let client = try await host.client()
        try client.send("/help\n")
        let lines = try await client.barrier()
        #expect(lines.last == "servidor: [ok] \(ChatCommand.allCases.count)")
        for verb in [
            "help", "nick", "rooms", "join", "who", "me", "msg", "reply", "history", "search",
            "quit",
        ] {
            #expect(lines.filter { $0.hasPrefix("servidor: [info] /\(verb) ") }.count == 1)
        }
        try client.send("/nada\n/\n")
        #expect(
            try await client.barrier() == [
                "servidor: [unknown-command] No conozco /nada; prueba /help",
                "servidor: [unknown-command] No conozco /; prueba /help",
            ])
    }

    @Test func `nick enters, renames, and keeps what is refused from changing anything`()
        async throws
    {
        let host = try await ChatHost()
        let reader = try await host.client("bob")
        let ana = try await host.client()
        try ana.send("/nick\n/nick a:b\n/nick bob\n/nick ana\n/nick bob\n/nick a(b)\n/nick ana\n")
        try ana.send("/nick ANA\nhola\n/nick Ana María\nhola\n")
        #expect(
            try await ana.barrier() == [
                "servidor: [bad-arguments] Se usa así: /nick NOMBRE",
                "servidor: [bad-name] Un nombre no puede llevar «:».",
                "servidor: [name-in-use] Ese nombre está ocupado; elige otro.",
                "ana se ha unido al chat.",
                "servidor: [name-in-use] Ese nombre está ocupado; elige otro.",
                "servidor: [bad-name] Un nombre no puede llevar «(».",
                "servidor: [ok] Te llamas ana.", "ana ahora es ANA.", "ANA: hola",
                "ANA ahora es Ana María.", "Ana María: hola",
            ])
        #expect(
            try await reader.barrier() == [
                "ana se ha unido al chat.", "ana ahora es ANA.", "ANA: hola",
                "ANA ahora es Ana María.", "Ana María: hola",
            ])
    }

    @Test func `join leaves one room and enters the other`() async throws {
        let host = try await ChatHost(rooms: ["general", "juegos"]) { _ in }
        let here = try await host.client("aquí")
        let there = try await host.client("allí")
        try there.send("/join juegos\n")
        #expect(
            try await there.barrier() == [
                "allí se ha ido a juegos.", "allí se ha unido al chat.",
                "servidor: [ok] Estás en juegos.",
            ])
        _ = try await here.barrier()
        let ana = try await host.client("ana")
        try ana.send("uno\n/join\n/join nada\n/join general\n/join juegos\ndos\n/rooms\n/who\n")
        #expect(
            try await ana.barrier() == [
                "ana: uno", "servidor: [bad-arguments] Se usa así: /join SALA",
                "servidor: [unknown-room] No hay ninguna sala así; prueba /rooms",
                "servidor: [ok] Estás en general.", "ana se ha ido a juegos.",
                "ana se ha unido al chat.", "servidor: [ok] Estás en juegos.", "ana: dos",
                "servidor: [info] general: 1 persona",
                "servidor: [info] juegos: 2 personas, estás aquí", "servidor: [ok] 2",
                "servidor: [info] allí (tcp)", "servidor: [info] ana (tcp)", "servidor: [ok] 2",
            ])
        #expect(
            try await here.barrier() == [
                "ana se ha unido al chat.", "ana: uno", "ana se ha ido a juegos.",
            ])
        #expect(try await there.barrier() == ["ana se ha unido al chat.", "ana: dos"])
    }

    @Test func `a nameless client that joins is answered and not announced`() async throws {
        let host = try await ChatHost(rooms: ["general", "juegos"]) { _ in }
        let reader = try await host.client()
        let client = try await host.client()
        try client.send("/join juegos\nana: hola\n")
        #expect(
            try await client.barrier() == [
                "servidor: [ok] Estás en juegos.", "ana se ha unido al chat.", "ana: hola",
            ])
        #expect(try await reader.barrier() == [])
    }

    @Test func `join keeps what is still to be sent`() async throws {
        let host = try await ChatHost(rooms: ["general", "juegos"]) { _ in }
        let port = await host.port()
        let ana = try await host.client("ana", receiveBuffer: 65_536)
        let text = String(repeating: "x", count: 8_000)
        // More than the kernel takes (about 2.6 MiB), less than a connection carries from room to
        // room on top of that.
        for _ in 0..<18 {
            try await port.publish((0..<20).map { _ in Draft(text, from: "eco") })
        }
        try ana.send("/who\n/join juegos\nhola\n")
        let lines = try await ana.barrier()
        let said = lines.filter { $0 == "eco (otro): \(text)" }.count
        let skipped = lines.compactMap(ChatLines.skipped).reduce(0, +)
        #expect(said + skipped == 360)
        #expect(
            lines.filter { !$0.hasPrefix("eco") && ChatLines.skipped($0) == nil } == [
                "servidor: [info] ana (tcp)", "servidor: [ok] 1", "ana se ha ido a juegos.",
                "ana se ha unido al chat.", "servidor: [ok] Estás en juegos.", "ana: hola",
            ])
    }

    @Test func `with echo off a change of rooms brings nothing back and loses nothing`()
        async throws
    {
        let host = try await ChatHost(rooms: ["general", "juegos"]) { $0.options.echo = false }
        let bob = try await host.client("bob")
        try bob.send("/join juegos\n")
        _ = try await bob.barrier()
        let ana = try await host.client("ana")
        // The transcript left behind is far longer than the one entered.
        try ana.send(String(repeating: "\(String(repeating: "x", count: 500))\n", count: 50))
        try ana.send("fin\n/join juegos\n")
        #expect(
            try await ana.barrier() == [
                "ana se ha ido a juegos.", "ana se ha unido al chat.",
                "servidor: [ok] Estás en juegos.",
            ])
        try bob.send("hola\n")
        #expect(try await bob.barrier() == ["ana se ha unido al chat."])
        #expect(try await ana.barrier() == ["bob: hola"])
    }

    @Test func `a private message reaches the two, once each`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        let bob = try await host.client("Ana María")
        let reader = try await host.client()
        _ = try await ana.barrier()
        try ana.send("/msg \"Ana María\" de López hola\n/msg ANA yo misma\n/msg nadie hola\n")
        try ana.send("/msg\n/msg Ana\n/msg Ana  \n")
        #expect(
            try await ana.barrier() == [
                "ana → Ana María (privado): de López hola", "ana → ana (privado): yo misma",
                "servidor: [unknown-user] Aquí no hay nadie con ese nombre.",
                "servidor: [bad-arguments] Se usa así: /msg NOMBRE TEXTO",
                "servidor: [bad-arguments] Se usa así: /msg NOMBRE TEXTO",
                "servidor: [bad-arguments] Se usa así: /msg NOMBRE TEXTO",
            ])
        #expect(try await bob.barrier() == ["ana → Ana María (privado): de López hola"])
        #expect(try await reader.barrier() == [])
    }

    @Test func `a private message to somebody who can't get any is refused`() async throws {
        let host = try await ChatHost([.init("both"), .init("in") { $0.direction = .in }])
        let ana = try await host.client("ana")
        let mute = try ChatClient(port: host.ports[1])
        try mute.send("mudo:\n")
        #expect(try await ana.line() == "mudo se ha unido al chat.")
        try ana.send("/msg mudo hola\n")
        #expect(
            try await ana.barrier() == [
                "servidor: [unknown-user] mudo no puede recibir mensajes privados."
            ])
    }

    @Test func `an answer quotes the beginning of what it answers`() async throws {
        let host = try await ChatHost()
        let ana = try await host.client("ana")
        let bob = try await host.client("bob")
        _ = try await ana.barrier()
        let long = "0123456789 123456789 123456789 123456789 y más"
        try ana.send("uno\n\(long)\n")
        _ = try await ana.barrier()
        _ = try await bob.barrier()
        try bob.send("/reply ana vale\n/reply ana\n/reply nadie x\n/reply #999999 x\n/reply # x\n")
        try bob.send("/reply bob a mí\n/reply #x y\n")
        #expect(
            try await bob.barrier() == [
                "bob: [↩ ana: 0123456789 123456789 123456789 123456789…] vale",
                "servidor: [bad-arguments] Se usa así: /reply NOMBRE TEXTO · /reply #NÚMERO TEXTO",
                "servidor: [unknown-user] Aquí no hay nadie con ese nombre.",
                "servidor: [unknown-message] En esta sala no está el mensaje #999999.",
                "servidor: [bad-arguments] Se usa así: /reply NOMBRE TEXTO · /reply #NÚMERO TEXTO",
                "bob: [↩ bob: vale] a mí",
                "servidor: [bad-arguments] Se usa así: /reply NOMBRE TEXTO · /reply #NÚMERO TEXTO",
            ])
    }

    @Test func `an answer can name a message by its number`() async throws {
        let host = try await ChatHost()
        let port = await host.port()
        let ana = try await host.client("ana")
        let receipt = try await port.publish("primero", from: "eco")
        try await port.publish("segundo\ny más", from: "eco")
        try ana.send("/reply #\(receipt.number) sí\n/reply eco (otro) también\n")
        #expect(
            try await ana.barrier() == [
                "eco (otro): primero", "eco (otro): segundo", "eco (otro): y más",
                "ana: [↩ eco (otro): primero] sí", "ana: [↩ eco (otro): segundo y más] también",
            ])
    }

    @Test func `a client that leaves reads its own notice and no more`() async throws {
        let host = try await ChatHost()
        let reader = try await host.client()
        let ana = try await host.client("ana")
        try ana.send("/quit\nhola\n")
        #expect(try await ana.rest() == ["ana ha abandonado el chat."])
        let nameless = try await host.client()
        try nameless.send("/quit\n")
        #expect(try await nameless.rest() == ["servidor: [ok] Hasta luego."])
        #expect(
            try await reader.barrier() == [
                "ana se ha unido al chat.", "ana ha abandonado el chat.",
            ]
        )
    }

    @Test func `somebody a bridge stands for is listed and gets private messages`() async throws {
        let host = try await ChatHost()
        let port = await host.port()
        #expect(await port.present(as: "operador"))
        let ana = try await host.client("ana")
        try ana.send("/who\n/msg operador (otro) hola\n")
        #expect(
            try await ana.barrier() == [
                "servidor: [info] ana (tcp)", "servidor: [info] operador (otro)",
                "servidor: [ok] 2", "ana → operador (otro) (privado): hola",
            ])
        var messages = port.messages.makeAsyncIterator()
        var seen: [String] = []
        while let message = await messages.next() {
            seen.append(message.text)
            if message.isPrivate { break }
        }
        #expect(seen == ["", "hola"])
    }
}
