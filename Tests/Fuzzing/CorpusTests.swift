import Foundation
import Testing

/// The inputs that are kept for the fuzzers, among them each that has once broken something.
@Suite(.timeLimit(.minutes(10))) struct CorpusTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Corpus")

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `no input in the corpus breaks a law`(name: String) async throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let folder = Self.corpus.appending(path: name)
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty, "\(name) has no corpus")
        for file in files {
            let input = try Array(Data(contentsOf: file))
            do {
                switch target.check {
                case .now(let check): try check(input)
                case .later(let check): try await check(input)
                }
            } catch {
                Issue.record("\(name)/\(file.lastPathComponent): \(error)")
            }
        }
    }

    @Test func `every folder of the corpus has a target`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus.path())
        let names = folders.filter { !$0.hasSuffix(".dict") }
        #expect(Set(names) == Set(FuzzTarget.all.map(\.name)))
    }
}
