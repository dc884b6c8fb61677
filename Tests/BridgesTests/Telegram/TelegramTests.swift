import Testing

/// The tests of a running telegram bridge.
///
/// One test at a time: each advances its clock as fast as it can.
@Suite(.serialized) enum TelegramTests {}
