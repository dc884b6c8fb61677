/// The treatment of a client's input while its server stops.
protocol StopHabit: SendableMetatype {
    static var isServedWhileStopping: Bool { get }
}
