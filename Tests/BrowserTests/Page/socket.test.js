import { delayBefore } from "../page/connection/socket.js";
import { equal, isTrue, test } from "./testing.js";

test("the first try is at once, then 1 s doubling to 30 s", () => {
	equal([0, 1, 2, 3, 4, 5, 6, 7, 50].map((tries) => delayBefore(tries, 0.5)),
		[0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test("no two browsers come back at the same moment", () => {
	equal([delayBefore(1, 0), delayBefore(1, 1)], [750, 1250]);
	for (let round = 0; round < 100; round += 1) isTrue(delayBefore(9) >= 22_500 && delayBefore(9) <= 37_500);
});
