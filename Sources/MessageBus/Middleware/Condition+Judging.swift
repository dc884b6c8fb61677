extension Condition {
    /// Marks what the step is not to judge, and says whether anything is left.
    package func select(in batch: Batch) -> Bool {
        guard applies(toRoom: batch.room) else { return false }
        var anything = false
        var known: (sender: UInt16, applies: Bool)?
        for index in 0..<batch.count where !batch.all[index].flags.contains(.dropped) {
            let record = batch.all[index]
            if known?.sender != record.sender {
                let sender = batch.senders[Int(record.sender)]
                known = (record.sender, applies(toBridge: sender.bridge, sender: sender.name))
            }
            if known?.applies == true, applies(to: record.kind) {
                anything = true
            } else {
                batch.all[index].flags.insert(.passedOver)
            }
        }
        return anything
    }
}
