/** One question to every RPC of a chain: an answer counts when all give it. */
import { isDeepStrictEqual } from 'node:util'
import { RpcsDisagreeError } from '../errors.ts'

/** @param what the question, for people  @throws RpcsDisagreeError, and what `ask` throws */
export async function agree<R, T>(rpcs: readonly R[], what: string, ask: (rpc: R) => Promise<T>): Promise<T> {
  const [first, ...others] = await Promise.all(rpcs.map(ask))
  if (others.some((answer) => !isDeepStrictEqual(answer, first))) throw disagreement(what)
  return first as T
}

/** Of answers that contradict each other, whoever gave them. */
export const disagreement = (what: string): RpcsDisagreeError =>
  new RpcsDisagreeError({
    what: `The RPCs contradict each other on ${what}; nothing that hangs on it is signed.`,
    fix: 'One of them may be behind, which passes; if it stays, one is wrong: compare both with a block explorer and replace it.',
    data: { question: what },
  })
