import Testing

@testable import NATSBridge

@Suite struct NATSTests {}
