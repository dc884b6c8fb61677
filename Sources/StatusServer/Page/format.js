// How numbers, sizes and times are written.

import { language } from "./words.js";

const digits = (most) => new Intl.NumberFormat(language, { maximumFractionDigits: most, useGrouping: "always" });
const [whole, fine, finest] = [digits(0), digits(1), digits(2)];

/** A number with as many digits as are worth reading. */
export const number = (value) => (value >= 100 ? whole : value >= 1 ? fine : finest).format(value);

/** Bytes. */
export function size(bytes) {
	const units = ["B", "KiB", "MiB", "GiB", "TiB"];
	let unit = 0;
	while (bytes >= 1024 && unit < units.length - 1) [bytes, unit] = [bytes / 1024, unit + 1];
	return `${number(bytes)} ${units[unit]}`;
}

/** Seconds that somebody waits for, from microseconds to days. */
export function duration(seconds) {
	if (seconds === 0) return "0";
	if (seconds < 0.001) return `${number(seconds * 1e6)} µs`;
	if (seconds < 1) return `${number(seconds * 1e3)} ms`;
	if (seconds < 100) return `${number(Math.round(seconds * 10) / 10)} s`;
	if (seconds < 6000) return `${number(Math.round(seconds / 60))} min`;
	if (seconds < 172800) return `${number(Math.round(seconds / 3600))} h`;
	return `${number(Math.floor(seconds / 86400))} d`;
}

const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });

/** The time of today, or the day of an earlier time. */
export function moment(time) {
	const that = new Date(time);
	const isToday = that.toDateString() === new Date().toDateString();
	return (isToday ? clock : date).format(that);
}

export const timeOfDay = (time) => clock.format(new Date(time));
