// A plot of the last hour: lines over time, with a legend that tells the values where one points.

import { timeOfDay } from "./format.js";
import { tell, words } from "./words.js";

const space = "http://www.w3.org/2000/svg";
const hour = 3600_000;
/** Pixels around the lines: for the numbers at the left, and the times below. */
const margin = { left: 44, right: 4, top: 8, bottom: 18 };

function draw(name, attributes = {}, text = "") {
	const element = document.createElementNS(space, name);
	for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
	element.textContent = text;
	return element;
}

/** The smallest number with one digit that is not below a value and has a half that is worth reading. */
function roundUp(value) {
	const power = 10 ** Math.floor(Math.log10(value));
	return [1, 2, 3, 4, 6, 8, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

export class Plot {
	/**
	 * - section: the element with a legend and a canvas.
	 * - write: writes a value.
	 * - least: the smallest value that the axis goes up to.
	 */
	constructor(section, write, least) {
		this.legend = section.querySelector(".legend");
		this.canvas = section.querySelector(".canvas");
		this.title = section.querySelector("h2");
		[this.write, this.least] = [write, least];
		[this.times, this.series] = [[], []];
		new ResizeObserver(() => this.draw()).observe(this.canvas);
		this.canvas.addEventListener("pointermove", (event) => this.point(event.offsetX));
		this.canvas.addEventListener("pointerleave", () => this.point(undefined));
	}

	/** Shows series, each with a name and as many values as there are times. */
	show(times, series) {
		[this.times, this.series] = [times, series];
		this.draw();
	}

	get width() { return this.canvas.clientWidth; }
	get height() { return this.canvas.clientHeight; }
	get end() { return this.times.at(-1) ?? Date.now(); }

	x(time) {
		return margin.left + (this.width - margin.left - margin.right) * (1 - (this.end - time) / hour);
	}

	y(value) {
		return this.height - margin.bottom - (this.height - margin.top - margin.bottom) * value / this.top;
	}

	draw() {
		if (!this.width) return;
		const values = this.series.flatMap((line) => line.values).filter((value) => value !== null);
		this.top = roundUp(values.reduce((most, value) => Math.max(most, value), this.least));
		const svg = draw("svg", { viewBox: `0 0 ${this.width} ${this.height}`, role: "img" });
		for (const part of [0, 0.5, 1]) {
			const y = Math.round(this.y(this.top * part)) + 0.5;
			svg.append(
				draw("line", { class: "grid", x1: margin.left, x2: this.width - margin.right, y1: y, y2: y }),
				draw("text", { x: margin.left - 6, y: y + 4, "text-anchor": "end" }, this.write(this.top * part)));
		}
		for (const minutes of [60, 30, 0]) {
			const anchor = minutes === 60 ? "start" : minutes ? "middle" : "end";
			svg.append(draw(
				"text", { x: this.x(this.end - minutes * 60_000), y: this.height - 3, "text-anchor": anchor },
				minutes ? tell("ago", `${minutes} min`) : words.now));
		}
		this.series.forEach((line, index) => {
			svg.append(draw("path", { class: `series s${index}`, d: this.path(line.values) }));
		});
		this.cross = draw("line", { class: "cross", y1: margin.top, y2: this.height - margin.bottom, visibility: "hidden" });
		svg.append(this.cross);
		this.canvas.replaceChildren(svg);
		this.point(this.pointed);
		svg.setAttribute("aria-label", `${this.title.textContent}: ${this.legend.textContent}`);
	}

	/** A line, broken where there is no value; of several values in a pixel only the largest is drawn. */
	path(values) {
		let path = "";
		let isDown = false;
		let last;
		const put = () => {
			if (last) path += `${isDown ? "L" : "M"}${last.x} ${last.y.toFixed(1)}`;
			isDown = isDown || Boolean(last);
			last = undefined;
		};
		values.forEach((value, index) => {
			if (value === null || this.times[index] < this.end - hour) {
				put();
				isDown = false;
				return;
			}
			const [x, y] = [Math.round(this.x(this.times[index])), this.y(value)];
			if (last && last.x !== x) put();
			last = { x, y: last ? Math.min(last.y, y) : y };
		});
		put();
		// One value alone is a point, which needs a length to be seen.
		return path.includes("L") ? path : path.replace(/^M(\d+) ([\d.]+)$/, "M$1 $2h.1");
	}

	/** Tells the values at a place, or the newest ones. */
	point(x) {
		this.pointed = x;
		let index = this.times.length - 1;
		if (x !== undefined && index > 0) {
			const distance = (time) => Math.abs(this.x(time) - x);
			index = this.times.reduce((best, time, at) => distance(time) < distance(this.times[best]) ? at : best, 0);
			const place = this.x(this.times[index]);
			this.cross.setAttribute("x1", place);
			this.cross.setAttribute("x2", place);
		}
		this.cross?.setAttribute("visibility", x === undefined || index <= 0 ? "hidden" : "visible");
		const items = this.series.map((line, number) => {
			const item = document.createElement("li");
			item.className = `s${number}`;
			const [name, value] = [document.createElement("span"), document.createElement("b")];
			name.textContent = line.name;
			const shown = line.values[index] ?? (x === undefined ? line.values.findLast((one) => one !== null) : null);
			value.textContent = shown === null || shown === undefined ? "–" : this.write(shown);
			item.append(name, value);
			return item;
		});
		if (!items.length) items.push(Object.assign(document.createElement("li"), { className: "time", textContent: words.nothing }));
		if (x !== undefined && index >= 0) {
			items.push(Object.assign(document.createElement("li"), { className: "time", textContent: timeOfDay(this.times[index]) }));
		}
		this.legend.replaceChildren(...items);
	}
}
