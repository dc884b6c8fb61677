import Testing

@testable import WebhookBridge

@Suite struct WebhookTests {}
