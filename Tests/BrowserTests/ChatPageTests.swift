import TestSupport
import Testing

/// The chat page, as its users see it.
@Suite(.timeLimit(.minutes(10)), .serialized) struct ChatPageTests {
    @Test func `one enters with a name, and what is refused is said`() async throws {
        let page = try await ChatPage()
        try await page.tab.focus("#enter input[name=name]")
        try await page.tab.type("a:b")
        try await page.tab.press("Enter")
        try await page.tab.wait(
            for: "document.querySelector('#enter [role=alert]').textContent === 'Not that name.'")
        try await page.tab.evaluate("document.querySelector('#enter').reset()")
        try await page.enter("ana")
        let title = try await page.tab.evaluate("document.title")
        #expect(title == "general · Test")
        #expect(page.tab.complaints == [])
        try await page.tab.close()
    }

    @Test func `Enter sends, Shift and Enter break the line`() async throws {
        let page = try await ChatPage()
        try await page.enter("ana")
        try await page.tab.focus("#composer")
        try await page.tab.type("one")
        try await page.tab.press("Enter", .shift)
        try await page.tab.type("two")
        try await page.tab.press("Enter")
        try await page.waitForLast("one\ntwo")
        let isOwn = try await page.tab.evaluate(
            "document.querySelector('#log article').matches('.own[data-number]:not(.waiting)')")
        #expect(isOwn == true)
        #expect(page.tab.complaints == [])
        try await page.tab.close()
    }

    @Test func `nothing is sent in the middle of an input method's composition`() async throws {
        let page = try await ChatPage()
        try await page.enter("ana")
        try await page.tab.focus("#composer")
        try await page.tab.compose("に")
        try await page.tab.evaluate(
            """
            document.querySelector("#composer").dispatchEvent(new KeyboardEvent("keydown", {
                key: "Enter", isComposing: true, bubbles: true, cancelable: true,
            }))
            """)
        try await page.tab.type("日本")
        try await page.tab.press("Enter")
        try await page.waitForLast("日本")
        #expect(try await page.said() == ["日本"])
        try await page.tab.close()
    }

    @Test func `what is typed without a connection is said once and in order`() async throws {
        let page = try await ChatPage()
        try await page.enter("ana")
        try await page.say("before")
        try await page.waitForLast("before")
        try await page.tab.evaluate("server.isUp = false; server.drop()")
        try await page.tab.wait(
            for: "document.querySelector('#connection').dataset.state !== 'online'")
        try await page.say("one")
        try await page.say("two")
        try await page.tab.wait(for: "document.querySelectorAll('#log .waiting').length === 2")
        try await page.reload()
        try await page.waitForLast("two")
        #expect(try await page.said() == ["before", "one", "two"])
        try await page.tab.wait(for: "!document.querySelector('#log .waiting')")
        #expect(page.tab.complaints == [])
        try await page.tab.close()
    }

    @Test func `what a killed daemon has lost is not shown beside what is said again`()
        async throws
    {
        let page = try await ChatPage()
        try await page.enter("ana")
        try await page.tab.evaluate("server.push({ from: 'bob', text: 'before' })")
        try await page.waitForLast("before")
        try await page.tab.evaluate("server.push({ from: 'bob', text: 'lost' })")
        try await page.waitForLast("lost")
        try await page.tab.evaluate("server.lose()")
        try await page.waitForLast("before")
        try await page.tab.evaluate("server.push({ from: 'bob', text: 'lost' })")
        try await page.waitForLast("lost")
        #expect(try await page.shown() == ["before", "lost"])
        #expect(page.tab.complaints == [])
        try await page.tab.close()
    }

    @Test func `a daemon that stores nothing begins anew, and so does the page`() async throws {
        let page = try await ChatPage()
        try await page.enter("ana")
        for text in ["one", "two", "three"] { try await page.say(text) }
        try await page.waitForLast("three")
        try await page.tab.evaluate("server.begin(); server.push({ from: 'bob', text: 'new 1' })")
        try await page.waitForLast("new 1")
        try await page.tab.evaluate("server.push({ from: 'bob', text: 'new 2' })")
        try await page.waitForLast("new 2")
        #expect(try await page.shown() == ["new 1", "new 2"])
        #expect(page.tab.complaints == [])
        try await page.tab.close()
    }

    @Test func `a machine that slept comes back at once, with all that was said meanwhile`()
        async throws
    {
        let page = try await ChatPage()
        try await page.enter("ana")
        try await page.say("before")
        try await page.waitForLast("before")
        try await page.tab.evaluate(
            """
            server.push({ from: "bob", text: "good night" });
            server.sleep(3_600_000);
            server.push({ from: "bob", text: "good morning" });
            """)
        try await page.waitForLast("good morning")
        try await page.say("hello again")
        try await page.waitForLast("hello again")
        let texts = try await page.tab.evaluate(
            "[...document.querySelectorAll('#log article .text')].map((each) => each.textContent)"
        ).array.compactMap(\.string)
        #expect(texts == ["before", "good night", "good morning", "hello again"])
        #expect(page.tab.complaints == [])
        try await page.tab.close()
    }

    @Test func `a moderator's command is the server's, and its answer is shown`() async throws {
        let page = try await ChatPage()
        try await page.enter("ana")
        try await page.say("/kick bob too loud")
        try await page.tab.wait(
            for: "document.querySelector('#log .note')?.textContent === 'kick bob too loud: done'")
        try await page.tab.close()
    }

    @Test func `a refused text stays with its reason`() async throws {
        let page = try await ChatPage()
        try await page.enter("ana")
        try await page.say("spam")
        try await page.tab.wait(
            for: "document.querySelector('#log .refused')?.textContent.includes('No spam here.')")
        try await page.tab.click("#log .refused .discard")
        try await page.tab.wait(for: "!document.querySelector('#log .refused')")
        #expect(try await page.said() == [])
        try await page.tab.close()
    }

    @Test func `a draft survives a reload, a password is never kept`() async throws {
        let page = try await ChatPage(messages: 1)
        try await page.enter("ana")
        try await page.tab.focus("#composer")
        try await page.tab.type("half a thought")
        try await page.reload()
        let draft = try await page.tab.evaluate("document.querySelector('#composer').value")
        #expect(draft == "half a thought")
        try await page.tab.evaluate("document.querySelector('#composer').select()")
        try await page.tab.type("/login ana open-sesame")
        let kept = try await page.tab.evaluate("JSON.stringify(localStorage)").string ?? ""
        #expect(!kept.contains("sesame"))
        try await page.tab.close()
    }

    @Test func `5,000 messages scroll without a jump, in at most 500 articles`() async throws {
        let page = try await ChatPage(messages: 5_000)
        try await page.enter("ana")
        let result = try await page.tab.evaluate(Self.scrolling)
        #expect(result["jumps"].array == [])
        #expect((result["most"].integer ?? .max) <= 500)
        #expect(result["first"] == "1")
        #expect(page.tab.complaints == [])
        try await page.tab.close()
    }

    @Test func `a reader further up is not carried along, but told`() async throws {
        let page = try await ChatPage(messages: 200)
        try await page.enter("ana")
        try await page.tab.wait(for: "document.querySelectorAll('#log article').length > 50")
        try await page.tab.evaluate("document.querySelector('#log').scrollTop -= 1000")
        try await page.tab.wait(for: "!document.querySelector('#newest').hidden")
        let before = try await page.tab.evaluate("document.querySelector('#log').scrollTop")
        try await page.tab.evaluate("server.push({ from: 'bob', text: 'new' })")
        try await page.tab.wait(
            for: "document.querySelector('#newest').textContent === '1 new message'")
        let after = try await page.tab.evaluate("document.querySelector('#log').scrollTop")
        #expect(before == after)
        try await page.tab.click("#newest")
        try await page.waitForLast("new")
        try await page.tab.wait(for: "document.querySelector('#newest').hidden")
        try await page.tab.close()
    }

    @Test func `markup and dangerous links stay text`() async throws {
        let page = try await ChatPage()
        try await page.enter("ana")
        let text = "<script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1)"
        try await page.tab.evaluate(
            "server.push({ from: '<b>bob</b>', text: \(BrowserPage.quoted(text)) })")
        try await page.waitForLast(text)
        let made = try await page.tab.evaluate(
            "document.querySelectorAll('#log :is(script, img, b, a)').length")
        #expect(made == 0)
        #expect(page.tab.complaints == [])
        try await page.tab.close()
    }

    /// Scrolls to the first message and back, and notes each message that did not move by what was
    /// scrolled.
    private static let scrolling = """
        (async () => {
            const log = document.querySelector("#log");
            const { left, top } = log.getBoundingClientRect();
            const jumps = [];
            let most = 0;
            let first = "";
            const go = async (step, isThere) => {
                for (let tries = 0; tries < 2_000 && !isThere(); tries += 1) {
                    const seen = document.elementFromPoint(left + 200, top + 300)?.closest("article");
                    const number = seen?.dataset.number;
                    const before = seen?.getBoundingClientRect().top;
                    const furthest = log.scrollHeight - log.clientHeight;
                    const wanted = Math.max(0, Math.min(furthest, log.scrollTop + step));
                    const moves = wanted - log.scrollTop;
                    log.scrollTop = wanted;
                    await new Promise(requestAnimationFrame);
                    await new Promise((resolve) => setTimeout(resolve));
                    const again = number && log.querySelector(`[data-number="${number}"]`);
                    const moved = again ? before - again.getBoundingClientRect().top : moves;
                    if (Math.abs(moved - moves) > 1.5) jumps.push([number, moved, moves]);
                    most = Math.max(most, log.querySelectorAll("article").length);
                }
            };
            await go(-600, () => log.scrollTop === 0 && log.querySelector(".start"));
            first = log.querySelector("article").dataset.number;
            await go(600, () => document.querySelector("#newest").hidden);
            return { jumps, most, first };
        })()
        """
}
