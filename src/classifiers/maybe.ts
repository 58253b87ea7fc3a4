/** Values that are there already, or come later: so that in-process classifiers cost no promise. */

/** A value, or the promise of one. */
export type Maybe<T> = T | Promise<T>;

/** `next(value)`, at once when the value is there. */
export function chain<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** All values in order, at once when all are there. */
export function gather<T>(values: readonly Maybe<T>[]): Maybe<T[]> {
  const there: T[] = [];
  for (const value of values) {
    if (value instanceof Promise) return Promise.all(values);
    there.push(value);
  }
  return there;
}
