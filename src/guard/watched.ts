/** Matches that composite rules ask about, kept until the segment they begin in is evaluated. */
import type { Match } from "../matching/types.ts";

/** In text order; adding and taking cost the same however many there are. */
export class WatchedMatches {
  #matches: Match[] = [];
  /** Those before it have been taken. */
  #head = 0;

  add(match: Match): void {
    // They come nearly in order: one that was settled later may begin a little earlier.
    let at = this.#matches.length;
    while (at > this.#head && this.#matches[at - 1]!.from > match.from) at--;
    if (at === this.#matches.length) this.#matches.push(match);
    else this.#matches.splice(at, 0, match);
  }

  /** Takes the matches that begin before `end`. */
  takeBefore(end: number): Match[] {
    let count = this.#head;
    while (count < this.#matches.length && this.#matches[count]!.from < end) count++;
    const taken = this.#matches.slice(this.#head, count);
    this.#head = count;
    // Cut off seldom, so that the segments of a whole text do not each copy the rest of it.
    if (count > 1024 && count > this.#matches.length / 2) {
      this.#matches = this.#matches.slice(count);
      this.#head = 0;
    }
    return taken;
  }
}
