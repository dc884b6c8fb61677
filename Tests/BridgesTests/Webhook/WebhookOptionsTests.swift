import MessageBus
import Testing

@testable import WebhookBridge

/// The options of a webhook bridge.
@Suite struct WebhookOptionsTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    @Test(arguments: [
        #"{"url": "https://hooks.example.org/T"}"#,
        #"{"url": "http://localhost:9/", "secret": ["SECRET", "SECRET"], "batch": {"messages": 10, "wait": "1s"}}"#,
        #"{"secret": "SECRET", "hook": {"path": "x", "web": "web", "text": "{/text}"}}"#,
        #"{"hook": {"path": "x", "listen": "127.0.0.1:9", "preset": "grafana", "proof": "none"}}"#,
        #"{"hook": {"path": "a/Zm9vYmFyYmF6cXV4cXV1eA", "web": "web", "preset": "slack", "proof": "path"}}"#,
        #"{"secret": "any text of 16 bytes", "hook": {"path": "x", "web": "w", "preset": "github", "proof": "github"}}"#,
        #"{"secret": "any text of 16 bytes", "hook": {"path": "x", "web": "w", "preset": "gitlab", "proof": "token"}}"#,
        #"""
        {"hook": {"path": "x", "listen": "unix:/tmp/x", "proof": "none", "from": "{/who|nobody}", "text": [
            {"where": "/a", "is": 1, "text": "{{{/a}"}, {"where": "/b", "text": "b"}, {"text": "c"}]}}
        """#,
    ])
    func `options that are in order`(text: String) {
        #expect(
            WebhookOptions.problems(text.replacing("SECRET", with: Self.secret)) == [])
    }

    @Test(arguments: [
        ("{}", #"expected "url", "hook" or both, found neither: nothing to do"#),
        (
            #"{"url": "hooks.example.org"}"#,
            #"url: expected an address like "https://hooks.example.org/…" in a string"#
        ),
        (
            #"{"url": "http://192.0.2.1/x"}"#,
            "url: http://192.0.2.1 is another machine, and http is not encrypted: use https"
        ),
        (
            #"{"url": "https://a/", "secret": "short"}"#,
            """
            secret: expected "whsec_" and 24 to 64 bytes in base64, as of \
            `echo whsec_$(head -c 32 /dev/urandom | base64)`
            """
        ),
        (
            #"{"url": "https://a/", "headers": {"webhook-ID": "1"}}"#,
            #"headers.webhook-ID: webhook-ID is written by the bridge itself"#
        ),
        (
            #"{"url": "https://a/", "headers": {"X:Y": "1"}}"#,
            #"headers["X:Y"]: expected the name of a field, found "X:Y""#
        ),
        (
            #"{"url": "https://a/", "headers": {"X": "a\r\nY: b"}}"#,
            "headers.X: no field can have a control character"
        ),
        (
            #"{"url": "https://a/", "headers": {"X": "a", "x": "b"}}"#,
            "headers: X and x are one field"
        ),
        (
            #"{"url": "https://a/", "body": {"a": ["{txt}"]}}"#,
            """
            body.a[0]: expected a template: the text in braces must be one of {text}, {name}, \
            {room}, {number}, {time}, {bridge}, {instance}; {{ is a brace
            """
        ),
        (
            #"{"url": "https://a/", "body": "{text"}"#,
            "body: expected a template: a { has no }; {{ is a brace"
        ),
        (
            #"{"url": "https://a/", "batch": {"wait": "1s"}}"#,
            "batch.wait: a message that goes out alone waits for no other"
        ),
        (
            #"{"automatic": true, "hook": {"path": "x", "web": "w", "text": "x", "proof": "none"}}"#,
            #"automatic: without "url" nothing goes out, and "automatic" has no effect"#
        ),
        (
            #"{"hook": {"path": "x", "web": "w", "text": "x"}}"#,
            #"hook: expected a "proof" in the hook, or a "secret" beside it: anybody could speak here"#
        ),
        (
            #"{"hook": {"path": "x", "web": "w", "text": "x", "proof": "github"}}"#,
            #"hook.proof: the proof "github" needs a "secret" beside the hook"#
        ),
        (
            #"{"hook": {"path": "github", "web": "w", "text": "x", "proof": "path"}}"#,
            """
            hook.path: a path that is the proof needs 22 random characters or more at its end, \
            as of `openssl rand -hex 16`
            """
        ),
        (
            #"{"hook": {"path": "x", "listen": "0.0.0.0:9", "text": "x", "proof": "none"}}"#,
            "hook.proof: without a proof anybody can speak here: listen on 127.0.0.1, or demand one"
        ),
        (
            #"{"hook": {"path": "/x", "web": "w", "text": "x", "proof": "none"}}"#,
            #"hook.path: expected a path like "github": letters, digits, - . _ ~ and / between them"#
        ),
        (
            #"{"hook": {"path": "a/../x", "web": "w", "text": "x", "proof": "none"}}"#,
            #"hook.path: expected a path like "github": letters, digits, - . _ ~ and / between them"#
        ),
        (
            #"{"hook": {"path": "x", "text": "x", "proof": "none"}}"#,
            #"hook: expected "listen" with an address, or "web" with a bridge's name, found neither"#
        ),
        (
            #"{"hook": {"path": "x", "web": "w", "listen": "127.0.0.1:1", "text": "x", "proof": "none"}}"#,
            #"hook.web: expected "listen" or "web", found both"#
        ),
        (
            #"{"hook": {"path": "x", "web": "w", "proof": "none"}}"#,
            #"hook: expected a "preset", or a template in "text", found neither"#
        ),
        (
            #"{"hook": {"path": "x", "web": "w", "text": "x", "preset": "slack", "proof": "none"}}"#,
            #"hook.text: expected "preset" or "text", found both"#
        ),
        (
            #"{"hook": {"path": "x", "web": "w", "text": "{repo}", "proof": "none"}}"#,
            """
            hook.text: expected a template like "{/user/name}: {/text|nothing}", found "{repo}"; \
            the text in braces must be a JSON Pointer, which begins with /; {{ is a brace
            """
        ),
        (
            #"{"hook": {"path": "x", "web": "w", "text": [{"where": "a.b", "text": "x"}], "proof": "none"}}"#,
            """
            hook.text[0].where: expected a JSON Pointer like "/repository/full_name", found \
            "a.b"; did you mean "/a/b"?
            """
        ),
        (
            #"{"hook": {"path": "x", "web": "w", "text": [{"is": 1, "text": "x"}], "proof": "none"}}"#,
            #"hook.text[0].is: expected "where", the place of that value"#
        ),
    ])
    func `what can't be is said in a sentence`(text: String, sentence: String) {
        #expect(WebhookOptions.problems(text) == [sentence])
    }

    @Test func `no problem shows a secret`() {
        let text = #"""
            {"url": "https://a/ S3CRET", "secret": ["S3CRET"], "headers": {"X": "S3CRET\n"},
             "body": "{S3CRET}",
             "hook": {"path": "S3CRET!", "web": "w", "text": "x", "proof": "path", "maxBody": 1}}
            """#
        let problems = WebhookOptions.problems(text)
        #expect(problems.count >= 2, "\(problems)")
        #expect(!problems.contains { $0.contains("S3CRET") }, "\(problems)")
    }

    @Test func `no description of options shows a secret`() throws {
        let options = try WebhookOptions.decode(
            #"""
            {"url": "https://a/S3CRET", "secret": "whsec_S3CRETS3CRETS3CRETS3CRETS3CRETS3CRET",
             "headers": {"X": "S3CRET"}, "body": {"t": "{text}S3CRET"},
             "hook": {"path": "S3CRETS3CRETS3CRETabcdef", "web": "w", "text": "x", "proof": "path"}}
            """#)
        #expect(!options.rendered.contains("S3CRET"), "\(options.rendered)")
        var dumped = ""
        dump(options, to: &dumped)
        #expect(!dumped.contains("S3CRET"))
    }
}
