const stride = 64

/** All of them, in an order whose beginning, wherever it ends, is spread evenly over the whole. */
export function* spread<T>(all: readonly T[]): Generator<T> {
  for (let turn = 0; turn < stride; turn++) {
    // Halves, quarters, eighths: the bits of the turn, read backwards.
    const offset = Number.parseInt(
      turn.toString(2).padStart(6, '0').split('').reverse().join(''),
      2,
    )
    for (let index = offset; index < all.length; index += stride) yield all[index]!
  }
}
