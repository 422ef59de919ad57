// Rows have one line, and two where there is no room beside each other.
import { useEffect, useState } from 'preact/hooks';

const ONE_LINE = 31;
const TWO_LINES = 52;

const narrow = matchMedia('(max-width: 720px)');

export function useRowHeight(): number {
  const [isNarrow, setNarrow] = useState(narrow.matches);
  useEffect(() => {
    const change = () => setNarrow(narrow.matches);
    narrow.addEventListener('change', change);
    return () => narrow.removeEventListener('change', change);
  }, []);
  return isNarrow ? TWO_LINES : ONE_LINE;
}
