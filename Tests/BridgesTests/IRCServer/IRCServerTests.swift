import Testing

@testable import IRCServerBridge

@Suite struct IRCServerTests {}
