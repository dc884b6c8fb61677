/// The bridge to HTTP, in and out.
package enum Webhook {}
