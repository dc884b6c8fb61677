/// The habit of clients that finish what they have sent.
enum FinishesInput: StopHabit {
    static var isServedWhileStopping: Bool { true }
}
