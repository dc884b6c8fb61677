import Foundation
import Testing

/// The rules for alerts and the dashboard in `.operate`.
@Suite struct MonitoringFilesTests {
    private static let files = ["alerts.yml", "alerts-test.yml", "grafana.json"]

    private static func file(_ name: String) throws -> String {
        try ProjectFile(".operate/\(name)").text
    }

    @Test(arguments: files) func `every family in it is exposed and documented`(
        name: String
    ) throws {
        let page = try ProjectFile("Sources/puente/Puente.docc/Operating.md").text
        let sources = try ProjectFile.all(in: ["Sources"], endings: [".swift"])
            .map(\.text).joined()
        let families = try Set(
            Self.file(name).matches(of: /puente_[a-z_]+[a-z]/).map { match in
                String(match.0).replacing(/_bucket$/, with: "")
            })
        #expect(families.count > 5)
        for family in families {
            #expect(page.contains("`\(family)`"), "\(family)")
            let bare = family.replacing("puente_", with: "")
            #expect(
                sources.contains("\"\(family)\"") || sources.contains("\"\(bare)\""), "\(family)")
        }
    }

    @Test func `every family of the documentation is exposed`() throws {
        let page = try ProjectFile("Sources/puente/Puente.docc/Operating.md").text
        let sources = try ProjectFile.all(in: ["Sources"], endings: [".swift"])
            .map(\.text).joined()
        let families = Set(page.matches(of: /`puente_([a-z_]+[a-z])`/).map { String($0.1) })
        #expect(families.count > 25)
        for family in families {
            #expect(
                sources.contains("\"puente_\(family)\"") || sources.contains("\"\(family)\""),
                "\(family)")
        }
    }

    @Test func `the dashboard is JSON`() throws {
        let json = try JSONSerialization.jsonObject(with: Data(Self.file("grafana.json").utf8))
        let panels = (json as? [String: Any])?["panels"] as? [Any]
        #expect((panels?.count ?? 0) > 10)
    }
}
