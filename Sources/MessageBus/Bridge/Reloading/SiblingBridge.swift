/// A bridge that may continue what another bridge of its type has begun: all such bridges that a
/// new configuration changes are exchanged together.
package protocol SiblingBridge: Bridge {}
