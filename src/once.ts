/**
 * Make something at the first call and give it to all who call; what failed is tried
 * again. For what is loaded on use: see docs/architecture.md.
 */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}
