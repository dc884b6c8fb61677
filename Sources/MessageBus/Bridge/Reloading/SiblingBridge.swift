/// A bridge that may go on with what another of its type has begun: of these all that a new
/// configuration changes are exchanged together.
package protocol SiblingBridge: Bridge {}
