/** What becomes of a request on its way to the gateway, and of the answer on its way back. */
export type Mishap =
  | { readonly kind: 'none' }
  /** The connection breaks before the gateway has the request. */
  | { readonly kind: 'lost' }
  /** Something in between answers for itself, and the gateway never has the request. */
  | { readonly kind: 'turned_away'; readonly status: number }
  /** The gateway never has the request, and nothing is answered: the client's time-out ends it. */
  | { readonly kind: 'swallowed' }
  /** The connection breaks; the gateway has the request after the caller's next one, or after its last. */
  | { readonly kind: 'late' }
  /** The gateway answers, and the connection breaks before that arrives. */
  | { readonly kind: 'answer_lost' }
  /** Half of the answer arrives. */
  | { readonly kind: 'answer_torn' }
  /** The gateway answers, and something in between says that it failed. */
  | { readonly kind: 'answer_replaced'; readonly status: number }
  /** The gateway answers, and nothing arrives: the client's time-out ends it. */
  | { readonly kind: 'answer_swallowed' }
  /** The gateway has the request twice at the same moment; the client sees the second answer. */
  | { readonly kind: 'twice' };

/** Whether the client learns of it by its own time-out alone. */
export function isSilent({ kind }: Mishap): boolean {
  return kind === 'swallowed' || kind === 'answer_swallowed';
}
