public enum Language: String, Sendable, CaseIterable { case es, en }
struct TextCleaning { 
static func cleaned(_ b: UnsafeRawBufferPointer) -> [UInt8] { Array(b) } 
static func isPlain(_ b: UnsafeRawBufferPointer) -> Bool { true }
}
package struct Condition: Sendable { 
  package var isPlain: Bool { true }
  package var senders: [String]?
  func applies(toRoom: String) -> Bool { true }
  func applies(toBridge: String, sender: String) -> Bool { true }
  func applies(to: Message.Kind) -> Bool { true }
}
