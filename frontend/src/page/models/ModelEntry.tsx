/** One checkpoint in its chain; opened, its parent, its receipts and its files. */
import { useState } from 'react'
import { Link } from 'wouter'
import { type ModelLine, modelReply } from '../../../../chain/client/gateway/index.ts'
import { useAsk } from '../../api/queries.ts'
import { Hash } from '../../component/Hash.tsx'
import { Loaded } from '../../component/states.tsx'
import { When } from '../../component/When.tsx'
import { mergedWords, modelWords } from './chains.ts'
import { Files } from './Files.tsx'

export function ModelEntry({ model }: { model: ModelLine }) {
  const [open, setOpen] = useState(false)
  return (
    <li className="chain-item" data-final={model.final || undefined}>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <span className="chain-words">
            <span>{modelWords(model)}</span>
            <span className="detail">
              {mergedWords(model)} · <When at={model.at} />
            </span>
          </span>
        </summary>
        {open ? <Opened model={model} /> : null}
      </details>
    </li>
  )
}

function Opened({ model }: { model: ModelLine }) {
  const asked = useAsk(`/api/v1/models/${model.cid}`, modelReply)
  return (
    <div className="chain-open stack">
      <dl className="evidence">
        <div>
          <dt>address (CID)</dt>
          <dd>
            <Hash value={model.cid} label="CID" />
          </dd>
        </div>
        <div>
          <dt>sha-256, on chain</dt>
          <dd>
            <Hash value={model.hash} />
          </dd>
        </div>
        <div>
          <dt>made from</dt>
          <dd>{model.parent === null ? 'nothing: it is the base' : <Hash value={model.parent} label="parent" />}</dd>
        </div>
        <div>
          <dt>receipts merged</dt>
          <dd>
            {model.receipts.length === 0
              ? 'none'
              : model.receipts.map((index) => (
                  <Link key={index} href={`/receipt/${index}`}>
                    {index}
                  </Link>
                ))}
          </dd>
        </div>
      </dl>
      <Loaded asked={asked} what="this model" lines={2}>
        {(reply) => <Files reply={reply} />}
      </Loaded>
    </div>
  )
}
