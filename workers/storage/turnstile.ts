/** Keeps a collection apart from whatever is adding blocks that no pin protects yet. */

export interface Turnstile {
  /** Many of these may run at the same time. */
  enter<T>(act: () => Promise<T>): Promise<T>
  /** Runs alone: waits for all who entered, and lets nobody enter meanwhile. */
  alone<T>(act: () => Promise<T>): Promise<T>
}

export function turnstile(): Turnstile {
  const inside = new Set<Promise<unknown>>()
  let closed: Promise<unknown> | null = null

  return {
    async enter(act) {
      while (closed) await closed
      const acting = act()
      inside.add(acting)
      try {
        return await acting
      } finally {
        inside.delete(acting)
      }
    },
    async alone(act) {
      while (closed) await closed
      const acting = (async () => {
        await Promise.allSettled(inside)
        return act()
      })()
      closed = acting.catch(() => {}) // the caller below gets the error; those who wait need only the end
      try {
        return await acting
      } finally {
        closed = null
      }
    },
  }
}
