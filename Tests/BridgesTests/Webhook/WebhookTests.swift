import Testing

/// The tests of running webhook bridges.
///
/// One test at a time: each advances a clock.
@Suite(.serialized, .timeLimit(.minutes(10))) enum WebhookTests {}
