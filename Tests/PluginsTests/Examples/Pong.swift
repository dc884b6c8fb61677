import MessageBus

/// Answers whoever says "ping".
struct Pong: Bridge {
    func run(_ port: Port) async throws {
        await port.ready()
        for await message in port.messages where message.text == "ping" {
            try await port.publish("pong, \(message.sender.name)", from: "pong")
        }
    }
}
