public final class FileWriter: Sendable { 
  public init(path: String, onTrouble: @escaping @Sendable (SocketError) -> Void) {}
  public func open() throws {}
  public func close() {}
  public func write(_ l: String) -> Bool { true }
}
