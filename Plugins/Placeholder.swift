import MessageBus
extension Registry { public mutating func registerPlugins() {} }
