/** Whether gateway and stream are heard: what is shown is right "as of" the last time they were. */

export interface ReachState {
  /** `away` dims what is shown and lets money buttons wait. */
  state: 'ok' | 'away'
  /** Last time that anything was heard, ms. */
  heardAt: number
}

export interface Reach {
  gateway(reached: boolean): void
  socket(connected: boolean): void
  state(): ReachState
  subscribe(listener: () => void): () => void
}

export function createReach(now: () => number): Reach {
  let gateway = true
  let socket = true
  let state: ReachState = { state: 'ok', heardAt: now() }
  const listeners = new Set<() => void>()
  function update(heard: boolean): void {
    const next = gateway && socket ? 'ok' : 'away'
    const heardAt = heard ? now() : state.heardAt
    // While all is well the time of each reply is kept, without waking anybody.
    if (next === state.state) {
      if (next === 'ok') state.heardAt = heardAt
      return
    }
    state = { state: next, heardAt: next === 'away' ? state.heardAt : heardAt }
    for (const listener of listeners) listener()
  }
  return {
    gateway(reached) {
      gateway = reached
      update(reached)
    },
    socket(connected) {
      socket = connected
      update(connected)
    },
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
