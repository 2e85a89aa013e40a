/** A sentence with an account's name in it: the name is inert and stays together where its line has room. */
export function Sentence({ text, name }: { text: string; name: string }) {
  const parts = name === '' ? [text] : text.split(name)
  return parts.map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence keep their places
    <span key={i}>
      {i === 0 ? null : <bdi className="name-whole">{name}</bdi>}
      {part}
    </span>
  ))
}
