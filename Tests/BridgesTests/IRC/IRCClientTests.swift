import Testing

@testable import IRCBridge

@Suite struct IRCClientTests {}
