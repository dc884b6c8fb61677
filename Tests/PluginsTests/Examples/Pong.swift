import MessageBus

/// Answers whoever says "ping".
struct Pong: Bridge {
    func run(_ port: Port) async throws {
        await port.ready()
        for await message in port.messages where message.text == "ping" && !message.isAutomatic {
            let text = "pong, \(message.sender.name)"
            try await port.publish(text, from: "pong", isAutomatic: true)
        }
    }
}
