import Foundation
import Testing

/// Bridges of ours that need nothing of the bus that a plug-in could not use, too.
@Suite(.timeLimit(.minutes(10))) struct PublicInterfaceTests {
    /// Files of `Chat` that use rooms' logs, transcripts and persons, which only `tcp` needs.
    private static let ofTheRoom = [
        "Addressee.swift", "ChatCommand+Roles.swift", "ModerationArguments.swift",
        "ChatEncoder.swift", "ChatEncoder+History.swift", "ListeningBridge.swift",
        "NamePolicy+Chat.swift", "Phrases+Accounts.swift", "Phrases+Moderation.swift",
        "TextLimit.swift", "WordMatcher.swift",
    ]

    /// Folders of `Chat` of which the same holds for all files.
    private static let foldersOfTheRoom = [
        "Admission/", "Input/", "Moderation/", "Output/",
    ]

    /// The parts of those files that all bridges use.
    private static let ofAllBridges = [
        "struct ChatEncoder", "init(_ phrases: Phrases)", "func append(_ message: Message, to",
    ]

    @Test func `these bridges use the public interface only`() async throws {
        let chat = try OutsideModule()
        defer { chat.remove() }
        // Chat is ours, so it may use what the package may; to be seen from outside, it is made
        // public.
        for target in ["Locking", "Bridges/Chat"] { try Self.addSources(target, to: chat) }
        let complaints = try await chat.emit("Chat")
        #expect(complaints == "")
        // Two that have types of the same name are two modules here, too.
        let groups = [
            ["Bridges/Telegram", "Bridges/Stdio", "Bridges/Exec"], ["Bridges/Webhook"],
            ["Bridges/IRCMessages", "Bridges/IRC"],
        ]
        for group in groups {
            let bridges = try OutsideModule()
            defer { bridges.remove() }
            for target in ["Locking", "JSON"] + group {
                try Self.addSources(target, to: bridges)
            }
            let complaintsOfBridges = try await bridges.compile(with: chat)
            #expect(complaintsOfBridges == "")
        }
    }

    private static func addSources(_ target: String, to module: OutsideModule) throws {
        let sources = OutsideModule.top.appending(path: "Sources/\(target)")
        for file in try FileManager.default.subpathsOfDirectory(atPath: sources.path())
        where file.hasSuffix(".swift") {
            let name = file.split(separator: "/").last.map(String.init) ?? file
            let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
            let prefix = target.split(separator: "/").last ?? ""
            let isOfTheRoom =
                ofTheRoom.contains(name) || foldersOfTheRoom.contains(where: file.hasPrefix)
            try module.add("\(prefix)-\(name)", madePublic(text, all: !isOfTheRoom))
        }
    }

    /// Returns a source file with public declarations in place of those for the package.
    private static func madePublic(_ text: String, all: Bool) -> String {
        // Foundation's search: a regular expression takes minutes for all files in a debug build.
        var text = text
        for kind in all ? [""] : ofAllBridges {
            text = text.replacingOccurrences(of: "package " + kind, with: "public " + kind)
        }
        // The lock's two files are compiled with Chat, those of JSON with the bridges.
        for left in [
            "import Locking\n", "import JSON\n", "import IRC\n", "@inlinable", "@usableFromInline",
        ] {
            text = text.replacingOccurrences(of: left, with: "")
        }
        return text
    }
}
