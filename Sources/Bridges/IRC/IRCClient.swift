/// The bridge to a network of IRC.
package enum IRCClient {}
