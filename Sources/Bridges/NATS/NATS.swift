/// The bridge to other instances, over NATS JetStream.
package enum NATS {}
