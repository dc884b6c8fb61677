import ExecBridge
import IRCBridge
import IRCServerBridge
import MessageBus
import NATSBridge
import StdioBridge
import TCPBridge
import TailBridge
import TelegramBridge
import WebBridge
import WebhookBridge

extension Registry {
    /// Registers the bridges that come with the program, as plug-ins are registered.
    public mutating func registerBridges() {
        registerTCP()
        registerStdio()
        registerTail()
        registerTelegram()
        registerWeb()
        registerExec()
        registerWebhook()
        registerIRC()
        registerIRCServer()
        registerNATS()
    }
}
