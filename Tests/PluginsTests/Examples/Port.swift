import MessageBus

/// The bus's `Port`, also in files that import Foundation, as in `Plugins/Port.swift`.
typealias Port = MessageBus.Port
