/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** Frame numbers that copy the display filter which shows the frame in Wireshark. */
export async function copyFilter(frame: number): Promise<void> {
  const text = `frame.number == ${frame}`;
  say((await copied(text)) ? `Copied: ${text}` : `Filter: ${text}`);
}

/** Makes every frame number of the page a button. */
export function armFrames(): void {
  for (const element of document.querySelectorAll<HTMLElement>('code.frame')) {
    element.setAttribute('role', 'button');
    element.tabIndex = 0;
    element.title = `copy frame.number == ${element.dataset.frame}`;
  }
  const frameOf = (event: Event): number => {
    const hit = event.target instanceof Element ? event.target.closest('code.frame') : null;
    return hit instanceof HTMLElement ? Number(hit.dataset.frame) : 0;
  };
  document.addEventListener('click', (event) => {
    const frame = frameOf(event);
    if (frame > 0) void copyFilter(frame);
  });
  document.addEventListener('keydown', (event) => {
    const frame = event.key === 'Enter' || event.key === ' ' ? frameOf(event) : 0;
    if (frame === 0) return;
    event.preventDefault();
    void copyFilter(frame);
  });
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

/** For pages that may not use the clipboard directly: an old way that still works. */
function copiedBySelection(text: string): boolean {
  const box = document.createElement('textarea');
  box.value = text;
  document.body.append(box);
  box.select();
  const isDone = document.execCommand('copy');
  box.remove();
  return isDone;
}

function say(text: string): void {
  const toast = document.getElementById('toast');
  if (toast === null) return;
  toast.textContent = text;
  toast.classList.remove('shown');
  // Reading a size makes the animation start anew.
  void toast.offsetWidth;
  toast.classList.add('shown');
}
