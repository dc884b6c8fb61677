/// The bridge for clients of IRC.
package enum IRCServer {}
