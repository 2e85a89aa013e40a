/** A model's files: parameters and ONNX, each checked here before it is saved. */
import type { ModelReply } from '../../../../chain/client/gateway/index.ts'
import { Button } from '../../component/Button.tsx'
import { Hash } from '../../component/Hash.tsx'
import { Problem } from '../../component/Problem.tsx'
import { bytesText, countText } from '../../format/amount.ts'
import { useDownload } from './useDownload.ts'

export function Files({ reply }: { reply: ModelReply }) {
  const { cid, hash, config, task, round, onnxUrl, onnxSha256 } = reply
  const parametersUrl = reply.parametersUrl ?? `/api/v1/models/${cid}/parameters`
  return (
    <div className="stack-tight">
      {config === null ? null : (
        <p className="detail">
          {countText(config.parameters)} parameters, {config.layers} layers, width {config.width}, {config.heads} heads,
          reads {countText(config.context)} bytes at a time
        </p>
      )}
      {reply.held ? null : (
        <p className="detail">This gateway does not hold it yet: asked for, it merges it first, which takes a while.</p>
      )}
      <div className="row files">
        <Download
          label="Download parameters"
          url={parametersUrl}
          name={`model-${task}-${round}.f32`}
          promised={{ sha256: hash, cid }}
        />
        {onnxUrl === null || onnxSha256 === null ? null : (
          <Download
            label="Download ONNX"
            url={onnxUrl}
            name={`model-${task}-${round}.onnx`}
            promised={{ sha256: onnxSha256 }}
            reported
          />
        )}
      </div>
    </div>
  )
}

interface DownloadProps {
  label: string
  url: string
  name: string
  promised: { sha256: string; cid?: string }
  /** The hash is the gateway's own word, not the chain's. */
  reported?: boolean
}

function Download({ label, url, name, promised, reported = false }: DownloadProps) {
  const [state, start] = useDownload()
  return (
    <div className="stack-tight file">
      <Button busy={state.step === 'fetching'} onClick={() => void start(url, name, promised)}>
        {state.step === 'fetching' ? 'Fetching and checking' : label}
      </Button>
      {state.step === 'saved' ? (
        <p className="detail">
          <span className="tone-ok">✓ checked here</span>: {bytesText(state.bytes)}, sha-256{' '}
          <Hash value={state.sha256} />, {reported ? 'as this gateway reports it' : 'as the chain names it'}. Saved as{' '}
          {name}.
        </p>
      ) : null}
      {state.step === 'failed' ? <Problem problem={state.problem} /> : null}
    </div>
  )
}
