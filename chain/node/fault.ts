/** Named points at which a test lets the process die, as a power cut would. `BLYAN_FAULT=chain.accepted BLYAN_FAULT_AT=3` kills at the third pass. */

export type FaultPoint = 'chain.accepted' | 'chain.executed' | 'chain.written' | 'chain.persisted'

const target = process.env.BLYAN_FAULT
const at = Number(process.env.BLYAN_FAULT_AT ?? '1')
let passes = 0

/** Kills the process with SIGKILL at the chosen pass; does nothing when no fault is set. */
export function faultPoint(name: FaultPoint): void {
  if (target === name && ++passes === at) process.kill(process.pid, 'SIGKILL')
}
