/** The EVM wallet that this browser uses for the bridge: chosen once, found again after a reload without asking anybody. */
import { useCallback, useEffect, useState } from 'react'
import { z } from 'zod'
import type { BlyanError } from '../../../../chain/lib/errors.ts'
import { toBlyanError } from '../../api/errors.ts'
import { type EvmChoice, watchEvmChoices } from '../../wallet/evm.ts'
import type { EvmSigner } from '../../wallet/evmProvider.ts'

const KEY = 'blyan.evm-wallet'
const storedSchema = z.object({ rdns: z.string(), address: z.string().regex(/^0x[0-9a-fA-F]{40}$/) })

export interface EvmWallet {
  /** Wallets that have announced themselves. */
  choices: readonly EvmChoice[]
  signer: EvmSigner | null
  /** Whose transfers are shown: the signer's, or the last one's while its wallet is silent. */
  address: string | null
  problem: BlyanError | null
  /** The choice that is being asked. */
  asking: string | null
  connect: (choice: EvmChoice) => void
  forget: () => void
}

function stored(): z.infer<typeof storedSchema> | null {
  try {
    return storedSchema.parse(JSON.parse(localStorage.getItem(KEY) ?? 'null'))
  } catch {
    return null
  }
}

export function useEvmWallet(): EvmWallet {
  const [choices, setChoices] = useState<EvmChoice[]>([])
  const [known, setKnown] = useState(stored)
  const [signer, setSigner] = useState<EvmSigner | null>(null)
  const [problem, setProblem] = useState<BlyanError | null>(null)
  const [asking, setAsking] = useState<string | null>(null)
  useEffect(() => watchEvmChoices(setChoices), [])
  const before = choices.find(({ rdns }) => rdns === known?.rdns)
  useEffect(() => {
    if (before === undefined || signer !== null) return
    let gone = false
    void before.reopen().then((found) => {
      if (!gone && found !== null) setSigner(found)
    })
    return () => {
      gone = true
    }
  }, [before, signer])

  const connect = useCallback((choice: EvmChoice) => {
    setAsking(choice.id)
    setProblem(null)
    void choice
      .open()
      .then((opened) => {
        const next = { rdns: choice.rdns, address: opened.address }
        localStorage.setItem(KEY, JSON.stringify(next))
        setKnown(next)
        setSigner(opened)
      })
      .catch((error: unknown) => setProblem(toBlyanError(error)))
      .finally(() => setAsking(null))
  }, [])
  const forget = useCallback(() => {
    localStorage.removeItem(KEY)
    setKnown(null)
    setSigner(null)
  }, [])
  return { choices, signer, address: signer?.address ?? known?.address ?? null, problem, asking, connect, forget }
}
