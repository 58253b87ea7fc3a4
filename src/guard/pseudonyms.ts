/** Placeholders for found entities, e.g. `<EMAIL_1>`: the same value gets the same placeholder within one request, and only there. */
export class Pseudonyms {
  readonly #byValue = new Map<string, string>();
  readonly #originals = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The placeholder that stands for `original`. */
  hide(entity: string, original: string): string {
    const kind = entity.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
    const key = `${kind}\n${original}`;
    const known = this.#byValue.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const placeholder = `<${kind}_${count}>`;
    this.#byValue.set(key, placeholder);
    this.#originals.set(placeholder, original);
    return placeholder;
  }

  /** What `placeholder` stands for; undefined when this request never hid anything behind it. */
  reveal(placeholder: string): string | undefined {
    return this.#originals.get(placeholder);
  }

  get size(): number {
    return this.#originals.size;
  }
}
