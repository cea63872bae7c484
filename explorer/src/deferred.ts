import { useEffect, useState } from "preact/hooks";

/** Return a text as it was when the reader last paused typing. */
export function useDeferred(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 120);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
