// A very small harness for the tests of the page's modules.

const tests = [];

export const test = (name, body) => tests.push({ name, body });

export function equal(actual, expected) {
	const [a, b] = [actual, expected].map((value) => JSON.stringify(value));
	if (a !== b) throw new Error(`got ${a}, expected ${b}`);
}

export const isTrue = (value, text = "a condition") => {
	if (!value) throw new Error(`${text} does not hold`);
};

/** A generator of numbers from 0 to 1, the same for the same seed. */
export function seeded(seed) {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

/** Runs the tests of a file: the names of all, and what went wrong. */
export async function run(file) {
	await import(file);
	const failures = [];
	for (const { name, body } of tests) {
		try {
			await body();
		} catch (error) {
			failures.push(`${name}: ${error.message}`);
		}
	}
	return { count: tests.length, failures };
}
