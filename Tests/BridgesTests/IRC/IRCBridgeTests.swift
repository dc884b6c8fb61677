import Testing

/// The tests of a running irc bridge.
///
/// One test at a time: each advances its clock as fast as it can.
@Suite(.serialized, .timeLimit(.minutes(10))) enum IRCBridgeTests {}
