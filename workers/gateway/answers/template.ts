/**
 * A conversation as one text, since the models here continue text and know no roles. System and developer messages stand as
 * they are, the others behind their speaker's name, and the model goes on behind the last line:
 *
 *     You answer briefly.
 *     User: What is a receipt?
 *     Assistant:
 *
 * The model looks back its context only, so of a long conversation it sees the end.
 */

export interface ChatMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant'
  readonly content: string
}

/** @example chatPrompt([{ role: 'user', content: 'Hi' }]) // 'User: Hi\nAssistant:' */
export function chatPrompt(messages: readonly ChatMessage[]): string {
  const lines = messages.map(({ role, content }) => {
    if (role === 'user') return `User: ${content}`
    return role === 'assistant' ? `Assistant: ${content}` : content
  })
  return [...lines, 'Assistant:'].join('\n')
}

/** Behind an answer the model would go on to speak for the user; added to the stop texts of a conversation. */
export const CHAT_STOP = '\nUser:'
