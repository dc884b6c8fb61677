// swift-tools-version: 6.2
// Who may import whom is stated here; CI builds with `--explicit-target-dependency-import-check error`.
import PackageDescription

/// True in builds for a sanitizer, which need this variable beside `--sanitize`: `.ci/run sanitizers`.
///
/// They leave out what counts allocations, because that replaces the `malloc` that the sanitizers
/// replace too, and `Locked` takes a mutex that ThreadSanitizer knows.
let isSanitized = Context.environment["PUENTE_SANITIZED"] != nil

/// True in builds of the fuzzers, for which `.ci/fuzz` sets this variable.
///
/// All our code is then compiled for libFuzzer, and for AddressSanitizer, which finds what a bug in
/// `unsafe` code only may do.
let isFuzzing = Context.environment["PUENTE_FUZZING"] != nil

/// The counter of allocations, and the tests and benchmarks that use it: a target each, so that all other
/// tests run under sanitizers.
let countingTargets: [Target] = [
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .executableTarget(
        name: "Benchmarks",
        dependencies: [
            "MessageBus", "Sockets", "Store", "Patterns", "Middlewares", "Chat", "TCPBridge",
            "AllocationCounter", "TestSupport",
        ],
        path: "Tests/Benchmarks"),
    .testTarget(
        name: "AllocationTests",
        dependencies: [
            "AllocationCounter", "Chat", "Store", "TCPBridge", "TailBridge", "WebBridge",
            "IRCServerBridge", "MessageBus", "TestSupport", "TCPBridgeTests", "TailBridgeTests",
        ]),
]

/// The targets that the fuzzers use: by default a test that runs each input of the corpus once.
let fuzzedTargets: [Target.Dependency] = [
    "Bridges", "Chat", "TCPBridge", "TelegramBridge", "JSON", "Middlewares", "Wiring", "MessageBus",
    "Sockets", "TestSupport",
]
let fuzzing: Target =
    isFuzzing
    ? .executableTarget(
        name: "Fuzz", dependencies: fuzzedTargets, path: "Tests/Fuzzing",
        exclude: ["Corpus", "CorpusTests.swift"],
        linkerSettings: [.unsafeFlags(["-sanitize=address"])])
    : .testTarget(
        name: "FuzzingTests", dependencies: fuzzedTargets, path: "Tests/Fuzzing",
        exclude: ["Corpus", "Fuzz.swift"])

let package = Package(
    name: "puente",
    products: [
        .executable(name: "puente", targets: ["puente"])
    ],
    targets: [
        // C libraries the system keeps: a module map and a shim.h each, no code.
        .systemLibrary(name: "CLinux"),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CNATS", pkgConfig: "libnats", providers: [.apt(["libnats-dev"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // One lock, for MessageBus and for Sockets, of which neither may import the other.
        .target(name: "Locking"),
        // Counters and histograms, and their form for Prometheus, for whoever counts something.
        .target(name: "Metrics"),
        // Times, spans, and the readers of the time that everything is given.
        .target(name: "TimeUnits"),
        // JSON from outside, for bridges that speak it.
        .target(name: "JSON"),
        // The bus and everything that stands on it.
        .target(name: "MessageBus", dependencies: ["Locking", "Metrics", "TimeUnits"]),
        .target(
            name: "Sockets",
            dependencies: [
                "Locking", "Metrics", "TimeUnits", "CLinux", "CCurl", "COpenSSL", "CZlib",
            ]),
        .target(
            name: "Store",
            dependencies: ["Locking", "Metrics", "MessageBus", "TimeUnits", "CLinux", "CSQLite"]),
        // Passwords, and whoever tries too many of them.
        .target(name: "Accounts", dependencies: ["Locking", "MessageBus", "CSodium"]),
        // Users' regular expressions, the same for all who take some.
        .target(name: "Patterns", dependencies: ["MessageBus", "TimeUnits", "CPCRE2"]),
        .target(name: "Middlewares", dependencies: ["MessageBus", "Patterns"]),
        // A target for each bridge, so that none can import another; what they share is Chat.
        .target(
            name: "Chat",
            dependencies: ["Locking", "Metrics", "MessageBus", "Sockets", "TimeUnits"],
            path: "Sources/Bridges/Chat"),
        .target(
            name: "TCPBridge",
            dependencies: ["Chat", "Metrics", "MessageBus", "Sockets", "TimeUnits"],
            path: "Sources/Bridges/TCP"),
        .target(
            name: "StdioBridge", dependencies: ["Chat", "Locking", "MessageBus", "Sockets"],
            path: "Sources/Bridges/Stdio"),
        .target(
            name: "TailBridge",
            dependencies: [
                "Chat", "Locking", "Metrics", "MessageBus", "Sockets", "Patterns", "TimeUnits",
            ],
            path: "Sources/Bridges/Tail"),
        .target(
            name: "TelegramBridge",
            dependencies: ["Chat", "JSON", "Locking", "MessageBus", "Sockets"],
            path: "Sources/Bridges/Telegram"),
        // Page: what the browser gets, no Swift.
        .target(
            name: "WebBridge",
            dependencies: [
                "Chat", "JSON", "Locking", "Metrics", "MessageBus", "Sockets", "TimeUnits",
            ],
            path: "Sources/Bridges/Web",
            resources: [.embedInCode("Page"), .embedInCode("API/openapi.json")]),
        .target(
            name: "ExecBridge",
            dependencies: ["Chat", "JSON", "Locking", "MessageBus", "Sockets"],
            path: "Sources/Bridges/Exec"),
        .target(
            name: "WebhookBridge",
            dependencies: ["Chat", "JSON", "Locking", "MessageBus", "Sockets"],
            path: "Sources/Bridges/Webhook"),
        // IRC's messages, for its client and its server.
        .target(name: "IRC", path: "Sources/Bridges/IRCMessages"),
        .target(
            name: "IRCBridge",
            dependencies: ["IRC", "Chat", "Locking", "MessageBus", "Sockets", "TimeUnits"],
            path: "Sources/Bridges/IRC"),
        .target(
            name: "IRCServerBridge",
            dependencies: [
                "IRC", "Chat", "Locking", "Metrics", "MessageBus", "Sockets", "TimeUnits",
            ],
            path: "Sources/Bridges/IRCServer"),
        .target(
            name: "NATSBridge",
            dependencies: [
                "Chat", "JSON", "Locking", "Metrics", "MessageBus", "Sockets", "TimeUnits", "CNATS",
            ],
            path: "Sources/Bridges/NATS"),
        .target(
            name: "Bridges",
            dependencies: [
                "MessageBus", "TCPBridge", "StdioBridge", "TailBridge", "TelegramBridge",
                "WebBridge", "ExecBridge", "WebhookBridge", "IRCBridge", "IRCServerBridge",
                "NATSBridge",
            ],
            path: "Sources/Bridges/BuiltIns"),
        // The status page: what the browser gets of it, no Swift.
        .target(
            name: "StatusServer",
            dependencies: ["JSON", "Locking", "Metrics", "MessageBus", "Sockets", "TimeUnits"],
            resources: [.embedInCode("Page")]),
        .target(
            name: "Wiring",
            dependencies: [
                "JSON", "Locking", "Metrics", "MessageBus", "Sockets", "Store", "Accounts",
                "StatusServer", "TimeUnits", "CLinux",
            ]),
        // The user's own; without package access they see what any other package would see.
        .target(
            name: "Plugins", dependencies: ["MessageBus", "Sockets"], path: "Plugins",
            packageAccess: false),
        .executableTarget(
            name: "puente",
            dependencies: [
                "JSON", "MessageBus", "Sockets", "Store", "Accounts", "Patterns", "Middlewares",
                "Bridges", "Chat", "ExecBridge", "Wiring", "Plugins",
            ]),

        // Tests: one target for each module, and what they share.
        .target(
            name: "TestSupport",
            dependencies: ["Locking", "MessageBus", "Sockets", "TimeUnits", "CLinux", "COpenSSL"],
            path: "Tests/TestSupport"),
        // A daemon with plug-ins that the program has not: such as block.
        .executableTarget(
            name: "TestDaemon",
            dependencies: ["Locking", "MessageBus", "Sockets", "Bridges", "Chat", "Wiring"],
            path: "Tests/TestDaemon"),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics"]),
        .testTarget(
            name: "StatusServerTests",
            dependencies: [
                "StatusServer", "JSON", "Metrics", "MessageBus", "Sockets", "TestSupport",
            ]),
        .testTarget(name: "LockingTests", dependencies: ["Locking", "Sockets"]),
        .testTarget(name: "TimeUnitsTests", dependencies: ["TimeUnits"]),
        .testTarget(
            name: "MessageBusTests",
            dependencies: ["MessageBus", "Locking", "Metrics", "TestSupport"]),
        .testTarget(
            name: "SocketsTests",
            dependencies: ["Sockets", "Locking", "TestSupport", "CLinux", "COpenSSL", "CZlib"]),
        .testTarget(
            name: "StoreTests",
            dependencies: ["Store", "Locking", "MessageBus", "Sockets", "TestSupport", "CSQLite"]),
        .testTarget(
            name: "AccountsTests",
            dependencies: ["Accounts", "Store", "Locking", "MessageBus", "Sockets", "TestSupport"]),
        .testTarget(
            name: "MiddlewaresTests",
            dependencies: ["Middlewares", "Patterns", "MessageBus", "TestSupport"]),
        .testTarget(
            name: "ChatTests",
            dependencies: ["Chat", "MessageBus", "Sockets", "TestSupport"],
            path: "Tests/BridgesTests/Chat"),
        .testTarget(
            name: "TCPBridgeTests",
            dependencies: [
                "TCPBridge", "Chat", "Locking", "MessageBus", "Sockets", "TestSupport",
            ],
            path: "Tests/BridgesTests/TCP"),
        .testTarget(
            name: "StdioBridgeTests",
            dependencies: ["StdioBridge", "Chat", "MessageBus", "Sockets", "TestSupport"],
            path: "Tests/BridgesTests/Stdio"),
        .testTarget(
            name: "TailBridgeTests",
            dependencies: [
                "TailBridge", "Chat", "Patterns", "MessageBus", "Sockets", "TestSupport",
            ],
            path: "Tests/BridgesTests/Tail"),
        .testTarget(
            name: "TelegramBridgeTests",
            dependencies: [
                "TelegramBridge", "Chat", "JSON", "Metrics", "Middlewares", "MessageBus",
                "Sockets", "TestSupport",
            ],
            path: "Tests/BridgesTests/Telegram"),
        .testTarget(
            name: "WebBridgeTests",
            dependencies: [
                "WebBridge", "TCPBridge", "Chat", "JSON", "Locking", "MessageBus", "Sockets",
                "TestSupport",
            ],
            path: "Tests/BridgesTests/Web"),
        .testTarget(
            name: "ExecBridgeTests",
            dependencies: [
                "ExecBridge", "Chat", "JSON", "Locking", "MessageBus", "Sockets", "TestSupport",
            ],
            path: "Tests/BridgesTests/Exec", exclude: ["Programs"]),
        .testTarget(
            name: "WebhookBridgeTests",
            dependencies: [
                "WebhookBridge", "Chat", "JSON", "Locking", "MessageBus", "Sockets",
                "TestSupport",
            ],
            path: "Tests/BridgesTests/Webhook"),
        .testTarget(
            name: "IRCTests", dependencies: ["IRC", "TestSupport"],
            path: "Tests/BridgesTests/IRCMessages"),
        .testTarget(
            name: "IRCBridgeTests",
            dependencies: [
                "IRCBridge", "IRC", "Chat", "Locking", "MessageBus", "Sockets", "TestSupport",
            ],
            path: "Tests/BridgesTests/IRC"),
        .testTarget(
            name: "IRCServerBridgeTests",
            dependencies: [
                "IRCServerBridge", "IRC", "TCPBridge", "Chat", "Locking", "MessageBus", "Sockets",
                "TestSupport",
            ],
            path: "Tests/BridgesTests/IRCServer", exclude: ["bridge.json"]),
        .testTarget(
            name: "NATSBridgeTests",
            dependencies: [
                "NATSBridge", "Chat", "JSON", "Locking", "MessageBus", "Sockets", "TestSupport",
            ],
            path: "Tests/BridgesTests/NATS", exclude: ["Examples"]),
        .testTarget(
            name: "BrowserTests", dependencies: ["TestSupport"], exclude: ["Page"]),
        .testTarget(
            name: "WiringTests",
            dependencies: ["Wiring", "JSON", "Locking", "MessageBus", "Sockets", "TestSupport"]),
        .testTarget(
            name: "PluginsTests", dependencies: ["Plugins", "MessageBus", "Sockets", "TestSupport"]),
        .testTarget(
            name: "PuenteTests",
            dependencies: [
                "puente", "TestDaemon", "Accounts", "JSON", "Store", "Locking", "MessageBus",
                "Sockets",
                "Middlewares", "Bridges", "Chat", "Wiring", "Plugins", "TestSupport",
            ],
            exclude: ["Examples"]),
        fuzzing,
    ] + (isSanitized || isFuzzing ? [] : countingTargets)
)

/// The settings with which our own code is compiled, in every target.
let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (isSanitized || isFuzzing ? [.define("SANITIZED")] : [])
    // Fast, and yet with every check of a debug build.
    + (isFuzzing
        ? [.unsafeFlags(["-sanitize=fuzzer,address", "-O", "-assert-config", "Debug"])] : [])
// In the targets of the program what the compiler can't check says `unsafe`. A function that is `@safe`
// though it takes a buffer stays within it and does not keep it: whoever makes or gets a buffer says
// `unsafe`. A type that is `@safe` owns the memory it points to, or is unsafe to make.
for target in package.targets where target.type != .system {
    let isOfProgram = target.type != .test && target.path?.hasPrefix("Sources/") ?? true
    target.swiftSettings = settings + (isOfProgram ? [.strictMemorySafety()] : [])
}
