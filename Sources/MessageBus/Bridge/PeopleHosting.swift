/// A bridge whose connections are people of this bus, who are shown by their plain names, not as
/// its `senderFormat` says.
package protocol PeopleHosting: Bridge {}
