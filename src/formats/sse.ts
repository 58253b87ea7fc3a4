/** One server-sent event as framed by https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation. */
export interface SseEvent {
  /** The very bytes of the event, blank line included. */
  readonly raw: Uint8Array;
  /** The `data` lines joined by LF; undefined when there was none (a comment, a lone field). */
  readonly data: string | undefined;
  /** The `event` field; undefined when absent. */
  readonly event: string | undefined;
}
