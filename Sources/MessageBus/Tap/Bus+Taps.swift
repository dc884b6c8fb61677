extension Bus {
    /// Lets a tap see what passes from now on.
    package func attach(_ tap: MessageTap) { taps.append(tap) }

    /// Ends what `attach` began.
    package func detach(_ tap: MessageTap) { taps.removeAll { $0 === tap } }

    /// Shows the taps a judged batch.
    func recordForTaps(_ batch: Batch, by attachment: BridgeAttachment) {
        let uptime = settings.clock.monotonic()
        for tap in taps { tap.record(batch, by: attachment, common: commonChain, uptime: uptime) }
    }
}
