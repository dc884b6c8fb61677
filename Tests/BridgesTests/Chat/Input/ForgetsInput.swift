/// The habit of clients that nothing more is read from.
enum ForgetsInput: StopHabit {
    static var isServedWhileStopping: Bool { false }
}
