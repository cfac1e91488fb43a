/** A frame's element, with what of its document is needed to see it go. */
export interface FrameElement {
  readonly isConnected: boolean;
  readonly ownerDocument: { readonly defaultView: { readonly MutationObserver: ObserverConstructor } };
}

type ObserverConstructor = new (callback: () => void) => {
  observe(target: object, options: { childList: boolean; subtree: boolean }): void;
  disconnect(): void;
};

/** Aborted when the frame is taken out of its document, of which jsdom tells the frame's own window nothing. */
export function endOfAFrame(element: FrameElement): AbortSignal {
  const controller = new AbortController();
  const observer = new element.ownerDocument.defaultView.MutationObserver(() => {
    if (element.isConnected) return;
    observer.disconnect();
    controller.abort();
  });
  observer.observe(element.ownerDocument, { childList: true, subtree: true });
  return controller.signal;
}
