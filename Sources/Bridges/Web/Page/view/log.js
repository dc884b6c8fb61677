// The log: a window of rows over a timeline, which moves with the reader.
//
// At most `MOST` rows are elements. What is on screen stays where it is whatever changes above it;
// only a reader at the end is carried along.

const MOST = 450;
/** Rows that are added at once; few enough to make within a frame. */
const STEP = 60;
/** This close to the end, in pixels, counts as there. */
const END = 48;

export class LogView {
  /** `make(row)` makes an element; `need(gap, isFromOlder)` fetches; `moved()` is told of scrolling. */
  constructor(element, { make, need, moved }) {
    Object.assign(this, { element, make, need, moved });
    this.list = element.firstElementChild;
    this.rows = [];
    this.shown = new Map();
    this.start = this.end = 0;
    this.isFollowing = true;
    this.height = 0;
    element.addEventListener("scroll", () => this.scrolled(), { passive: true });
    // The window, the composer and a phone's keyboard change what is visible.
    new ResizeObserver(() => this.settle()).observe(element);
  }

  /** True if the newest row is on screen. */
  get isAtEnd() {
    return this.isFollowing;
  }

  /** Forgets all elements: the words or the names in them have changed, or it is another room. */
  reset() {
    this.list.replaceChildren();
    this.shown.clear();
  }

  /** Shows another room: at its end, or where one left off if that is further up. */
  open(rows) {
    this.reset();
    this.rows = rows;
    this.end = rows.length;
    const leftOff = rows.findIndex((row) => row.kind === "left-off");
    this.start = Math.max(0, Math.min(this.end - 2 * STEP, leftOff < 0 ? Infinity : leftOff - STEP / 2));
    this.end = Math.min(this.end, this.start + MOST);
    this.isFollowing = this.end === rows.length;
    this.render();
    this.toEnd();
    const line = this.shown.get("left-off")?.element;
    if (!line) return;
    const top = line.offsetTop - this.element.clientHeight / 4;
    if (top < this.element.scrollTop) {
      this.element.scrollTop = top;
      this.isFollowing = this.isNearEnd();
    }
  }

  /** Shows the same room after a change. */
  update(rows) {
    const hadEnd = this.end >= this.rows.length;
    const first = this.rows[this.start]?.at ?? 0;
    const last = this.rows[this.end - 1]?.at ?? Infinity;
    this.rows = rows;
    if (this.isFollowing || first === Infinity) {
      this.end = rows.length;
      this.start = Math.min(this.place(first), Math.max(0, this.end - STEP));
      if (this.end - this.start > MOST) this.start = this.end - MOST + 2 * STEP;
    } else {
      this.start = this.place(first);
      this.end = hadEnd ? rows.length : this.place(last) + 1;
      this.end = Math.min(this.end, rows.length, this.start + MOST);
    }
    this.render();
    if (this.isFollowing) this.toEnd();
    this.lookAround();
  }

  /** The index of the first row at or behind a place. */
  place(at) {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.rows[middle].at < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  toEnd() {
    if (this.end < this.rows.length) {
      this.end = this.rows.length;
      this.start = Math.max(0, this.end - 2 * STEP);
      this.render();
    }
    this.isFollowing = true;
    this.element.scrollTop = this.element.scrollHeight;
    this.height = this.element.clientHeight;
  }

  /** Shows a message in the middle and returns its element. */
  reveal(number) {
    const index = this.place(number);
    if (this.rows[index]?.at !== number) return null;
    this.isFollowing = false;
    if (index < this.start || index >= this.end) {
      this.start = Math.max(0, index - STEP);
      this.end = Math.min(this.rows.length, index + STEP);
      this.render();
    }
    const { element } = this.shown.get(this.rows[index].key);
    element.scrollIntoView({ block: "center" });
    return element;
  }

  isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return this.end === this.rows.length && scrollHeight - scrollTop - clientHeight < END;
  }

  scrolled() {
    // The height changed first: that was not the reader.
    if (this.element.clientHeight !== this.height) return this.settle();
    this.isFollowing = this.isNearEnd();
    this.lookAround();
    this.moved();
  }

  settle() {
    this.height = this.element.clientHeight;
    if (this.isFollowing) this.toEnd();
    this.lookAround();
  }

  /** Moves the window if its edge is near, and fetches what is missing there. */
  lookAround() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    if (clientHeight === 0) return;
    const margin = 1.5 * clientHeight;
    if (scrollTop < margin && this.start > 0) {
      this.start = Math.max(0, this.start - STEP);
      this.end = Math.min(this.end, this.start + MOST);
      this.render();
    } else if (scrollHeight - scrollTop - clientHeight < margin && this.end < this.rows.length) {
      this.end = Math.min(this.rows.length, this.end + STEP);
      this.start = Math.max(this.start, this.end - MOST);
      this.render();
    }
    for (let index = this.start; index < this.end; index += 1) {
      const row = this.rows[index];
      if (row.kind !== "gap") continue;
      const { element } = this.shown.get(row.key);
      const distance = element.offsetTop - this.element.scrollTop;
      if (distance > -2 * margin && distance < clientHeight + margin) {
        this.need(row.gap, row.gap.after > 0 && distance > clientHeight / 2);
      }
    }
  }

  /** Makes the elements be those of the rows from `start` to `end`. */
  render() {
    const anchor = this.isFollowing ? null : this.anchor();
    const before = anchor?.offsetTop;
    const wanted = new Set();
    for (let index = this.start; index < this.end; index += 1) wanted.add(this.rows[index].key);
    for (const [key, { element }] of this.shown) {
      if (wanted.has(key)) continue;
      element.remove();
      this.shown.delete(key);
    }
    let next = this.list.firstChild;
    for (let index = this.start; index < this.end; index += 1) {
      const row = this.rows[index];
      const isInPlace = next !== null && this.shown.get(row.key)?.element === next;
      const element = this.elementOf(row);
      if (isInPlace) next = element.nextSibling;
      else this.list.insertBefore(element, next);
    }
    if (!anchor) return;
    const kept = anchor.isConnected ? anchor : this.shown.get(anchor.dataset.key)?.element;
    if (kept && kept.offsetTop !== before) this.element.scrollTop += kept.offsetTop - before;
  }

  elementOf(row) {
    const known = this.shown.get(row.key);
    if (known && known.mark === row.mark && known.isFirst === row.isFirst) return known.element;
    const element = this.make(row);
    element.dataset.key = row.key;
    if (known) {
      const hadFocus = known.element.contains(document.activeElement);
      known.element.replaceWith(element);
      if (hadFocus) element.focus({ preventScroll: true });
    }
    this.shown.set(row.key, { element, mark: row.mark, isFirst: row.isFirst });
    return element;
  }

  /** The first element on screen that will still be there when more is known around it. */
  anchor() {
    const { children } = this.list;
    const { scrollTop } = this.element;
    let low = 0;
    let high = children.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (children[middle].offsetTop + children[middle].offsetHeight <= scrollTop) low = middle + 1;
      else high = middle;
    }
    let anchor = children[low];
    while (anchor && !anchor.matches("article, .notice")) anchor = anchor.nextElementSibling;
    return anchor;
  }
}
